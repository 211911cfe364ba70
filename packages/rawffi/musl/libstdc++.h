// The headers of a libstdc++ that was configured for glibc, with those of musl: a musl cross compiler by the name of
// Debian's g++ (scripts/setup/musl.mjs) includes this before everything else.
#ifdef __cplusplus
#include <bits/c++config.h>
#include <locale.h>
#undef _GLIBCXX_USE_PTHREAD_COND_CLOCKWAIT
#undef _GLIBCXX_USE_PTHREAD_MUTEX_CLOCKLOCK
#undef _GLIBCXX_USE_PTHREAD_RWLOCK_CLOCKLOCK
typedef locale_t __locale_t;
// The classes of characters, which nothing here asks for: as the library that tests are run with has them.
enum {
  _ISupper = 0x100,
  _ISlower = 0x200,
  _ISalpha = 0x400,
  _ISdigit = 0x800,
  _ISxdigit = 0x1000,
  _ISspace = 0x2000,
  _ISprint = 0x4000,
  _ISgraph = 0x8000,
  _ISblank = 1,
  _IScntrl = 2,
  _ISpunct = 4,
  _ISalnum = 8
};
#endif
