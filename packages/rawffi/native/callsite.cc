// Where throwing stubs call C: a call site in this library, which has an unwind table entry that every unwinder finds.
//
// An unwinder finds the tables of code in files by itself; those of machine code that is made at run time have to be
// registered, with that copy of the unwinder that is going to throw. A library that has a copy of its own
// (-static-libgcc) is not to be reached, and each registration is a lock and a search for all that throw in the
// process. So no stub is on the stack while C++ runs. It makes its stack frame, loads the registers and jumps here; the
// entry below describes the frame that the stub has made:
//
//     rbp ──► │ caller's rbp, and the return address above it                   x29 ──► │ caller's x29, x30     │
//             │ where the stub goes on                                                  │ address of the result │
//             │ this call site                                                          │ where the stub goes on│
//             │ …                                                                       │ this call site        │
//
// The registers that are its caller's are still in place, but for the frame pointer.
//
// The tests of AArch64 compile this file as C, for there may be no C++ for that machine.

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
#else
const void* const callSite = nullptr;
#endif

}  // namespace rawffi
#endif
