#include <stb/stb_image_write.h>  // where tiny-dnn looks for it
