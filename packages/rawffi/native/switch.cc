// The switch between the two parts of the stack, in assembly: stack.cc has the drawings. One block a processor.
//
//   rawffi_suspend   called by C: saves C, and goes on with JavaScript where it called the stub or rawffi_resume
//   rawffi_resume    called by JavaScript: saves JavaScript, and goes on with C
//   rawffi_finish    the end of a stub that was resumed: goes on with the JavaScript that resumed it last
//   rawffi_callOn    an ordinary call on the other part
//
// The first three get the frame in a register that carries no argument. JavaScript's registers are on its stack as the
// stubs of src/stubs/ have put them there; C's are saved by the compiler, except for its frame pointer, which cannot be
// declared as clobbered. The address where each continues is saved with them.
#include "stack.h"

namespace rawffi {

#define TEXT_OF(value) #value
#define TEXT(value) TEXT_OF(value)

#if defined(__x86_64__) && defined(__linux__)

// A slot before the frame, whose address is in r11.
#define AT(slot) TEXT(RAWFFI_##slot) "(%r11)"

asm(".text\n"
    ".globl rawffi_suspend\n.hidden rawffi_suspend\n.type rawffi_suspend, @function\nrawffi_suspend:\n"
    "push %rbp\n mov %rsp, %rbp\n"
    "and $-16, %rsp\n"
    "push %rbp\n push " AT(OWN_STACK) "\n"
    "mov %rsp, " AT(OWN_STACK) "\n"
    "mov " AT(OUTER_STACK) ", %rsp\n and $-2, %rsp\n"
    "movq $0, " AT(OUTER_STACK) "\n"
    "pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbx\n pop %rbp\n"
    "ret\n.size rawffi_suspend, . - rawffi_suspend\n"
    ".globl rawffi_resume\n.hidden rawffi_resume\n.type rawffi_resume, @function\nrawffi_resume:\n"
    "push %rbp\n push %rbx\n push %r12\n push %r13\n push %r14\n push %r15\n"
    "lea 1(%rsp), %rax\n mov %rax, " AT(OUTER_STACK) "\n"
    "mov " AT(OWN_STACK) ", %rsp\n"
    "pop " AT(OWN_STACK) "\n"
    "pop %rsp\n pop %rbp\n"
    "ret\n.size rawffi_resume, . - rawffi_resume\n"
    // The end of a stub that was resumed, on C's part, with the frame in r11: the registers of the JavaScript that
    // resumed it last are restored. Until then they are free.
    ".globl rawffi_finish\n.hidden rawffi_finish\n.type rawffi_finish, @function\nrawffi_finish:\n"
    "cmpq $0, " AT(REFUSED) "\n jne 1f\n"
    "0: mov " AT(OUTER_STACK) ", %rsp\n and $-2, %rsp\n"
    "movq $0, " AT(OUTER_STACK) "\n"
    "pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbx\n pop %rbp\n"
    "ret\n"
    "1: mov %r11, %rbx\n call rawffi_sayRefused\n mov %rbx, %r11\n jmp 0b\n.size rawffi_finish, . - rawffi_finish\n"
    // With unwind data, because C++ exceptions pass through it.
    ".globl rawffi_callOn\n.hidden rawffi_callOn\n.type rawffi_callOn, @function\nrawffi_callOn:\n"
    ".cfi_startproc\n"
    "push %rbp\n.cfi_def_cfa_offset 16\n.cfi_offset %rbp, -16\n mov %rsp, %rbp\n.cfi_def_cfa_register %rbp\n"
    "mov %rsp, (%rcx)\n mov %rdi, %rsp\n mov %rdx, %rdi\n"
    "call *%rsi\n"
    "leave\n.cfi_def_cfa %rsp, 8\n ret\n"
    ".cfi_endproc\n.size rawffi_callOn, . - rawffi_callOn\n");

void resume(uint64_t* frame) {
  register uint64_t* given asm("r11") = frame;
  asm volatile("sub $128, %%rsp\n call rawffi_resume\n add $128, %%rsp"
               : "+r"(given)::"rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", EVERY_XMM, "cc", "memory");
}

#elif defined(__aarch64__) && defined(__linux__)

// A slot before the frame, whose address is in x9.
#define AT(slot) "[x9, " TEXT(RAWFFI_##slot) "]"

// "General-purpose Registers" and "SIMD and Floating-Point Registers" of AAPCS64: of v8 to v15 a function preserves the
// low halves.
#define SAVE_JAVASCRIPT                                                                                 \
  "stp x29, x30, [sp, -160]!\n"                                                                         \
  "stp x19, x20, [sp, 16]\n stp x21, x22, [sp, 32]\n stp x23, x24, [sp, 48]\n stp x25, x26, [sp, 64]\n" \
  "stp x27, x28, [sp, 80]\n"                                                                            \
  "stp d8, d9, [sp, 96]\n stp d10, d11, [sp, 112]\n stp d12, d13, [sp, 128]\n stp d14, d15, [sp, 144]\n"
#define GO_ON_WITH_JAVASCRIPT \
  "ldr x10, " AT(OUTER_STACK) "\n and x10, x10, -2\n mov sp, x10\n"                                            \
  "str xzr, " AT(OUTER_STACK) "\n"                                                                             \
  "ldp x19, x20, [sp, 16]\n ldp x21, x22, [sp, 32]\n ldp x23, x24, [sp, 48]\n ldp x25, x26, [sp, 64]\n"        \
  "ldp x27, x28, [sp, 80]\n"                                                                                   \
  "ldp d8, d9, [sp, 96]\n ldp d10, d11, [sp, 112]\n ldp d12, d13, [sp, 128]\n ldp d14, d15, [sp, 144]\n"      \
  "ldp x29, x30, [sp], 160\n"                                                                                  \
  "ret\n"

asm(".text\n.balign 4\n"
    ".globl rawffi_suspend\n.hidden rawffi_suspend\n.type rawffi_suspend, @function\nrawffi_suspend:\n"
    "stp x29, x30, [sp, -32]!\n"
    "ldr x10, " AT(OWN_STACK) "\n str x10, [sp, 16]\n"
    "mov x10, sp\n str x10, " AT(OWN_STACK) "\n"
    GO_ON_WITH_JAVASCRIPT ".size rawffi_suspend, . - rawffi_suspend\n"
    ".globl rawffi_resume\n.hidden rawffi_resume\n.type rawffi_resume, @function\nrawffi_resume:\n"
    SAVE_JAVASCRIPT
    "mov x10, sp\n add x10, x10, 1\n str x10, " AT(OUTER_STACK) "\n"
    "ldr x10, " AT(OWN_STACK) "\n mov sp, x10\n"
    "ldr x10, [sp, 16]\n str x10, " AT(OWN_STACK) "\n"
    "ldp x29, x30, [sp], 32\n"
    "ret\n.size rawffi_resume, . - rawffi_resume\n"
    // The frame is in x9, and stays in x19 over a call: until JavaScript's registers are restored they are free.
    ".globl rawffi_finish\n.hidden rawffi_finish\n.type rawffi_finish, @function\nrawffi_finish:\n"
    "ldr x10, " AT(REFUSED) "\n cbz x10, 0f\n"
    "mov x19, x9\n bl rawffi_sayRefused\n mov x9, x19\n"
    "0:\n" GO_ON_WITH_JAVASCRIPT ".size rawffi_finish, . - rawffi_finish\n"
    // With unwind data, because C++ exceptions pass through it.
    ".globl rawffi_callOn\n.hidden rawffi_callOn\n.type rawffi_callOn, @function\nrawffi_callOn:\n"
    ".cfi_startproc\n"
    "stp x29, x30, [sp, -16]!\n.cfi_def_cfa_offset 16\n.cfi_offset x29, -16\n.cfi_offset x30, -8\n"
    "mov x29, sp\n.cfi_def_cfa_register x29\n"
    "str x29, [x3]\n mov sp, x0\n mov x0, x2\n"
    "blr x1\n"
    "mov sp, x29\n ldp x29, x30, [sp], 16\n.cfi_def_cfa sp, 0\n.cfi_restore x29\n.cfi_restore x30\n ret\n"
    ".cfi_endproc\n.size rawffi_callOn, . - rawffi_callOn\n");

void resume(uint64_t* frame) {
  register uint64_t* given asm("x9") = frame;
  asm volatile("bl rawffi_resume" : "+r"(given)::SCRATCH_X, EVERY_V, "cc", "memory");
}

#else

void rawffi_resume() {}
void rawffi_finish() {}
void resume(uint64_t*) {}
void rawffi_callOn(uintptr_t, void (*)(void*), void*, uintptr_t*) {}

#endif

}  // namespace rawffi
