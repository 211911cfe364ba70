/** Types of the C library in generated modules: under the names that a header uses for them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "ctypes-configure";
import { sizeof } from "ctypes-js";
import { complaintsAbout, libraryOf, loaded, skipWithoutLibclang } from "./generated.ts";

const header = `
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>
struct everything { FILE *f; time_t when; off_t at; size_t n; ssize_t m; pid_t p; uint8_t b; int64_t s; jmp_buf jump; va_list more; };
off_t end_of(FILE *f, va_list more, jmp_buf jump, off_t *at, mode_t mode, socklen_t length, intmax_t big, __off64_t raw);
typedef off_t place;
int formatted(char *out, size_t size, const char *format, va_list more);
`;
const source = `
off_t end_of(FILE *f, va_list more, jmp_buf jump, off_t *at, mode_t mode, socklen_t length, intmax_t big, __off64_t raw)
{ return *at + mode + length + big + raw; }
int formatted(char *out, size_t size, const char *format, va_list more) { return vsnprintf(out, size, format, more); }
`;

test("types of the C library have their names", { skip: skipWithoutLibclang() }, async () => {
  const { module, made } = await loaded(libraryOf("names", header, source));
  const { libnames, off_t, mode_t, jmp_buf, everything, place } = module;
  const at = new off_t(5);
  assert.equal(libnames.end_of(null, null, null, at, 1, 2, 3, 4), 15);
  assert.equal(sizeof(mode_t), 4);
  assert.equal(sizeof(jmp_buf), 200);
  assert.equal(place, off_t);
  assert.equal(sizeof(everything._fields_.more), 24);
  const names =
    "f: Pointer<FILE>, more: va_list, jump: Pointer<__jmp_buf_tag>, at: Pointer<off_t>, mode: mode_t, length: socklen_t";
  const flat = made.text.replace(/\s+/g, " ");
  assert.ok(flat.includes(names), flat.slice(0, 2000));
  assert.match(
    flat,
    /when: c_time_t, at: off_t, n: c_size_t, m: c_ssize_t, p: pid_t, b: c_uint8, s: c_int64, jump: jmp_buf/,
  );
  assert.equal(complaintsAbout(made), "");
  assert.deepEqual((await check(module, { cache: false })).differences, []);
});
