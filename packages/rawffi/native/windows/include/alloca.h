// mingw has alloca() elsewhere.
#pragma once
#include <malloc.h>
