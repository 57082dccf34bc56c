#include <stb/stb_image_resize.h>  // where tiny-dnn looks for it
