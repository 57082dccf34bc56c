#include <stb/stb_image.h>  // where tiny-dnn looks for it
