// The call site of throwing stubs. It is in this library, so it has an unwind table entry that every unwinder finds.
//
// An unwinder finds the unwind tables of files by itself. Tables for code made at run time must be registered with the
// copy of the unwinder that is going to throw. The copy inside a library linked with -static-libgcc cannot be reached,
// and registered tables slow down every throw in the process by a lock and a search. So no stub calls C++ itself. A
// stub sets up its stack frame, loads the registers and jumps here; the entry below describes the stub's frame:
//
//     rbp ──► │ caller's rbp, and the return address above it                   x29 ──► │ caller's x29, x30     │
//             │ where the stub goes on                                                  │ address of the result │
//             │ this call site                                                          │ where the stub goes on│
//             │ …                                                                       │ this call site        │
//
// The other call-saved registers are still in place.
//
// The AArch64 tests compile this file as C, since there may be no C++ cross compiler.

#include "table.h"

#define TEXT_OF(value) #value
#define TEXT(value) TEXT_OF(value)

#if defined(__x86_64__) && defined(__ELF__)

__asm__(R"(
  .section .text.rawffiCallSite, "ax", @progbits
  .p2align 4
  .hidden rawffiCallSite
  .globl rawffiCallSite
  .type rawffiCallSite, @function
  .cfi_startproc simple
  .cfi_def_cfa %rbp, 16
  .cfi_offset %rip, -8
  .cfi_offset %rbp, -16
rawffiCallSite:
  endbr64
  call *)" TEXT(RAWFFI_TARGET) R"((%r11)
  jmp *)" TEXT(RAWFFI_X64_GOES_ON) R"((%rbp)
  .cfi_endproc
  .size rawffiCallSite, . - rawffiCallSite
  .previous
)");

#define HAS_CALL_SITE 1

#elif defined(__x86_64__) && defined(__APPLE__)

// The same; macOS has another form of object files, and a leading underscore.
__asm__(R"(
  .section __TEXT,__text,regular,pure_instructions
  .p2align 4
  .private_extern _rawffiCallSite
  .globl _rawffiCallSite
_rawffiCallSite:
  .cfi_startproc simple
  .cfi_def_cfa %rbp, 16
  .cfi_offset %rip, -8
  .cfi_offset %rbp, -16
  endbr64
  call *)" TEXT(RAWFFI_TARGET) R"((%r11)
  jmp *)" TEXT(RAWFFI_X64_GOES_ON) R"((%rbp)
  .cfi_endproc
)");

#define HAS_CALL_SITE 1

#elif defined(__aarch64__) && defined(__APPLE__)

__asm__(R"(
  .section __TEXT,__text,regular,pure_instructions
  .p2align 4
  .private_extern _rawffiCallSite
  .globl _rawffiCallSite
_rawffiCallSite:
  .cfi_startproc simple
  .cfi_def_cfa x29, )" TEXT(RAWFFI_ARM64_SIZE) R"(
  .cfi_offset x29, -)" TEXT(RAWFFI_ARM64_SIZE) R"(
  .cfi_offset x30, 8 - )" TEXT(RAWFFI_ARM64_SIZE) R"(
  hint #36 // bti j
  blr x16
  ldr x10, [x29, )" TEXT(RAWFFI_ARM64_GOES_ON) R"(]
  br x10
  .cfi_endproc
)");

#define HAS_CALL_SITE 1

#elif defined(__aarch64__) && defined(__ELF__)

__asm__(R"(
  .section .text.rawffiCallSite, "ax", @progbits
  .p2align 4
  .hidden rawffiCallSite
  .globl rawffiCallSite
  .type rawffiCallSite, @function
  .cfi_startproc simple
  .cfi_def_cfa x29, )" TEXT(RAWFFI_ARM64_SIZE) R"(
  .cfi_offset x29, -)" TEXT(RAWFFI_ARM64_SIZE) R"(
  .cfi_offset x30, 8 - )" TEXT(RAWFFI_ARM64_SIZE) R"(
rawffiCallSite:
  hint #36 // bti j
  blr x16
  ldr x10, [x29, )" TEXT(RAWFFI_ARM64_GOES_ON) R"(]
  br x10
  .cfi_endproc
  .size rawffiCallSite, . - rawffiCallSite
  .previous
)");

#define HAS_CALL_SITE 1

#endif

#ifdef __cplusplus
#include "rawffi.h"

#ifdef HAS_CALL_SITE
extern "C" const char rawffiCallSite[] __attribute__((visibility("hidden")));
#endif

namespace rawffi {

#ifdef HAS_CALL_SITE
const void* const callSite = rawffiCallSite;
#elif defined(_WIN64)
// None is needed: the stubs themselves have unwind data (windows/pages.cc). Any address that is not null.
const void* const callSite = &callSite;
#else
const void* const callSite = nullptr;
#endif

}  // namespace rawffi
#endif
