// Runs stubs that TypeScript wrote, on AArch64 or its emulator: stubs-arm64.ts compiles it with a batch of C functions.
//
// From the standard input, for each function, 64-bit numbers and bytes:
//
//     seen, given, result, slots, blocks, stub, kind, thunk, closure, parameters: byte lengths, blocks and parameters counts · given · slots · blocks: address, length, bytes · stub · thunk · closure · parameters: size, isWide
//
// A throwing stub is told the call site, and the function looks for its way back to main() as an exception would. A
// stub that is told the frame gets its address. With a closure's stub, a thunk that jumps to it is called instead of
// the function: "what the function saw" is then what the closure's handler found in its slots.
//
// To the standard output, for each: misaligned · the result slot, 16 bytes · what the function saw · the result at its
// address · the blocks. The frame is at FRAME, from slot RESULT on, the blocks and a result by address in an arena at
// ARENA, each ending where its area does.
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unwind.h>

#define PAGE 4096
#define CODE_SIZE (1 << 20)
#define MOST_BLOCKS 128

extern void *const functions[];
extern const int functionCount;
extern unsigned char seen[], given[];
extern int misaligned;
extern void (*leave)(void);
extern const char rawffiCallSite[];

typedef struct {
  uint64_t seen, given, result, slots, blocks, stub, kind, thunk, closure, parameters;
} Header;

typedef struct {
  uint64_t size, isWide;
} Parameter;

static Parameter parameters[MOST_BLOCKS];
static Header header;

// A closure, of which stubs know the first member.
static uint64_t *handle(void *closure, uint64_t *slots);
static uint64_t *(*const handler[])(void *, uint64_t *) = {handle};

// It overwrites the registers of a result, which a stub might find right by luck.
static uint64_t *handle(void *closure, uint64_t *slots) {
  unsigned char *to = seen;
  for (uint64_t i = 0; i < header.parameters; i++) {
    const uint64_t *slot = slots + 2 + i;
    const uint64_t size = parameters[i].size;
    memcpy(to, parameters[i].isWide ? (const void *)*slot : slot, size);
    to += size;
  }
  if (header.result > 0) memcpy((void *)slots[0], given, header.given);
  static uint64_t result[2];
  memcpy(result, given, header.given < sizeof result ? header.given : sizeof result);
  __asm__ volatile("movi v0.16b, 90\n movi v1.16b, 90\n movi v2.16b, 90\n movi v3.16b, 90\n" : : : "v0", "v1", "v2", "v3");
  return closure == handler ? result : 0;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void take(void *to, size_t length) {
  if (length > 0 && fread(to, length, 1, stdin) != 1) fail("input");
}

static void give(const void *from, size_t length) {
  if (length > 0 && fwrite(from, length, 1, stdout) != 1) fail("output");
}

static void *map(uint64_t address, size_t length) {
  void *got = mmap((void *)address, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  if (got != (void *)address) fail("mmap");
  return got;
}

static void protect(void *start, size_t length, int mode) {
  if (mprotect(start, length, mode) != 0) fail("mprotect");
}

static int hasFoundMain;

int main(void);

static _Unwind_Reason_Code note(struct _Unwind_Context *context, void *ignored) {
  hasFoundMain |= _Unwind_GetRegionStart(context) == (uintptr_t)main;
  return _URC_NO_REASON;
}

static void walk(void) {
  hasFoundMain = 0;
  _Unwind_Backtrace(note, 0);
}

int main(void) {
  uint64_t *frame = map(FRAME, 16 * PAGE);
  char *arena = map(ARENA, (size_t)AREAS * AREA);
  for (int i = 1; i <= AREAS; i++) protect(arena + (size_t)i * AREA - PAGE, PAGE, PROT_NONE);
  char *code = mmap(0, CODE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (code == MAP_FAILED) fail("mmap");

  for (int i = 0; i < functionCount; i++) {
    struct {
      char *address;
      uint64_t length;
    } blocks[MOST_BLOCKS];
    take(&header, sizeof header);
    if (header.blocks > MOST_BLOCKS || header.parameters > MOST_BLOCKS) fail("header");
    if (header.stub + header.thunk + header.closure > CODE_SIZE) fail("header");
    take(given, header.given);
    take(frame + RESULT, header.slots);
    for (uint64_t b = 0; b < header.blocks; b++) {
      take(&blocks[b], sizeof blocks[b]);
      take(blocks[b].address, blocks[b].length);
    }
    protect(code, CODE_SIZE, PROT_READ | PROT_WRITE);
    const uint64_t codeSize = header.stub + header.thunk + header.closure;
    take(code, codeSize);
    take(parameters, header.parameters * sizeof *parameters);
    protect(code, CODE_SIZE, PROT_READ | PROT_EXEC);
    __builtin___clear_cache(code, code + codeSize);

    const void *result = (void *)frame[RESULT];
    frame[TARGET] = (uint64_t)functions[i];
    if (header.closure > 0) {
      frame[TARGET] = (uint64_t)code + header.stub;
      frame[THUNK_DATA] = (uint64_t)code + header.stub + header.thunk;
      frame[THUNK_DATA + 1] = (uint64_t)handler;
    }
    frame[LEAF] = 0;
    misaligned = 0;
    leave = header.kind == THROWING ? walk : 0;
    ((void (*)(const void *))code)(header.kind == TOLD ? (const void *)frame : rawffiCallSite);
    if (frame[LEAF] != (header.kind == LEAFS)) misaligned += 1000;
    if (header.kind == THROWING && !hasFoundMain) {
      fprintf(stderr, "an unwinder did not find main()");
      return 2;
    }

    give(&misaligned, sizeof misaligned);
    give(frame + RESULT, 16);
    give(seen, header.seen);
    give(result, header.result);
    for (uint64_t b = 0; b < header.blocks; b++) give(blocks[b].address, blocks[b].length);
    fflush(stdout);  // whoever reads it sees which function crashed
  }
  return 0;
}
