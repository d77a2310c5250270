/* The decoder of zstd's single-file distribution. What makes dictionaries asks for the time; the linker drops it, but not the question. */
#include <time.h>
#define clock() 0
#include "zstd/zstd.c"
