# `cmake --install` gives the same package as `meson install` (meson.build beside this file).
include(GNUInstallDirs)
install(TARGETS nn nn_f64)
install(DIRECTORY ../include/nn TYPE INCLUDE)

file(RELATIVE_PATH include_from_lib ${CMAKE_INSTALL_FULL_LIBDIR} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
function(nn_description name description cflags)
  configure_file(package/nn.pc.in ${name}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()
nn_description(nn "Modular neural networks in float" "")
nn_description(nn_f64 "Modular neural networks in double" -DNN_DOUBLE)

foreach(file nnConfig.cmake nnConfigVersion.cmake)
  configure_file(package/${file}.in ${file} @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${file} DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/nn)
endforeach()
