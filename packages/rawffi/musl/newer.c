// What Debian's C++ libraries take from glibc and musl does not have, for tests of the packages on musl with these
// libraries (scripts/setup/musl.mjs). On a system of musl's, such as Alpine, its own are there instead.
#define _GNU_SOURCE
#include <link.h>
#include <locale.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

// Never, since a file is closed only with the process here.
const char __libc_single_threaded = 0;

unsigned long __isoc23_strtoul(const char *text, char **end, int base) { return strtoul(text, end, base); }

size_t __strftime_l(char *to, size_t size, const char *format, const struct tm *time, locale_t locale) {
  return strftime_l(to, size, format, time, locale);
}

unsigned arc4random(void) {
  unsigned number = 0;
  while (getrandom(&number, sizeof number, 0) != sizeof number) {
  }
  return number;
}

// Where the unwinder finds the unwind table of a file: <dlfcn.h> of glibc.
struct dl_find_object {
  unsigned long long flags;
  void *begin, *end;
  void *map;
  void *table;
  unsigned long long reserved[7];
};

static int lookIn(struct dl_phdr_info *file, size_t size, void *data) {
  struct dl_find_object *found = data;
  const uintptr_t address = (uintptr_t)found->begin;
  int isThis = 0;
  void *table = NULL;
  for (int i = 0; i < file->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &file->dlpi_phdr[i];
    const uintptr_t begin = file->dlpi_addr + segment->p_vaddr;
    if (segment->p_type == PT_GNU_EH_FRAME) table = (void *)begin;
    if (segment->p_type == PT_LOAD && address >= begin && address < begin + segment->p_memsz) isThis = 1;
  }
  if (isThis) found->table = table;
  return isThis;
}

int _dl_find_object(void *address, struct dl_find_object *result) {
  *result = (struct dl_find_object){.begin = address};
  return dl_iterate_phdr(lookIn, result) != 0 && result->table != NULL ? 0 : -1;
}

// std::to_chars() and from_chars() of a 128-bit float, which nothing here calls.
int strfromf128(char *to, size_t size, const char *format, _Float128 number) { abort(); }
_Float128 strtof128(const char *text, char **end) { abort(); }

// Destructors of a thread's variables: the last one made first, when the thread ends.
struct Destructor {
  void (*run)(void *);
  void *object;
  struct Destructor *next;
};

static pthread_key_t key;

static void runAll(void *first) {
  for (struct Destructor *at = first; at != NULL;) {
    struct Destructor *next = at->next;
    at->run(at->object);
    free(at);
    at = next;
  }
}

__attribute__((constructor)) static void begin(void) { pthread_key_create(&key, runAll); }

int __cxa_thread_atexit_impl(void (*run)(void *), void *object, void *library) {
  struct Destructor *made = malloc(sizeof *made);
  if (made == NULL) return -1;
  *made = (struct Destructor){run, object, pthread_getspecific(key)};
  return pthread_setspecific(key, made);
}

// libgcc's, whose initialisation is not done: what an x86-64 processor has is asked by nothing here.
#ifdef __x86_64__
struct {
  unsigned vendor, type, subtype, features[1];
} __cpu_model;
int __cpu_indicator_init(void) { return 0; }
#endif
