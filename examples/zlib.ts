/** zlib: a file through a z_stream, piece by piece, there and back, and across to node:zlib. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { deflateSync, inflateSync } from "node:zlib";
import { byref, c_char_p, cast, POINTER } from "ctypes-js";
// Made of zlib.h by ctypes-configure: see README.md.
import {
  Bytef,
  deflateInit,
  inflateInit,
  libz,
  Z_BUF_ERROR,
  Z_FINISH,
  Z_NO_FLUSH,
  Z_OK,
  Z_STREAM_END,
  z_stream,
} from "./generated/zlib.ts";

const PIECE = 4096;

function deflate(input: Uint8Array, level: number): Buffer {
  const stream = new z_stream();
  check(stream, deflateInit(byref(stream), level));
  try {
    return pump(stream, input, libz.deflate);
  } finally {
    libz.deflateEnd(byref(stream));
  }
}

function inflate(input: Uint8Array): Buffer {
  const stream = new z_stream();
  check(stream, inflateInit(byref(stream)));
  try {
    return pump(stream, input, libz.inflate);
  } finally {
    libz.inflateEnd(byref(stream));
  }
}

/** Feeds the input a piece at a time, and for each takes all that comes out. */
function pump(stream: z_stream, input: Uint8Array, step: typeof libz.deflate): Buffer {
  const output: Uint8Array[] = [];
  const room = new Uint8Array(PIECE);
  let status = Z_OK;
  for (let start = 0; start < input.length; start += PIECE) {
    const piece = input.subarray(start, start + PIECE);
    stream.next_in = cast(piece, POINTER(Bytef)); // the bytes themselves, kept alive by the stream
    stream.avail_in = piece.length;
    do {
      stream.next_out = cast(room, POINTER(Bytef));
      stream.avail_out = room.length;
      status = step(byref(stream), start + PIECE < input.length ? Z_NO_FLUSH : Z_FINISH);
      check(stream, status);
      output.push(room.slice(0, room.length - stream.avail_out));
    } while (stream.avail_out === 0);
  }
  assert.equal(status, Z_STREAM_END, "zlib: the input ends too early");
  return Buffer.concat(output);
}

function check(stream: z_stream, status: number): void {
  // Z_BUF_ERROR only says that there is nothing left to do for now.
  if (status < Z_OK && status !== Z_BUF_ERROR) {
    throw new Error(`zlib: ${stream.msg === null ? `status ${status}` : cast(stream.msg, c_char_p).value}`);
  }
}

console.log(`zlib ${libz.zlibVersion()} of the system; Node carries ${process.versions.zlib}`);

const file = readFileSync(new URL("../package-lock.json", import.meta.url));
for (const level of [1, 9]) {
  const packed = deflate(file, level);
  console.log(`deflate, level ${level}: package-lock.json, ${file.length} bytes, became ${packed.length}`);
  assert.ok(packed.length < file.length / 2);
  assert.deepEqual(inflate(packed), file);
  assert.deepEqual(inflateSync(packed), file);
}
console.log("inflate gives the file back, and so does node:zlib");

assert.deepEqual(inflate(deflateSync(file)), file);
console.log("inflate reads what node:zlib compressed");

assert.throws(() => inflate(file), /incorrect header check/);
assert.throws(() => inflate(deflateSync(file).subarray(0, 5000)), /ends too early/);
console.log("inflate refuses a part of a stream, and what was never compressed: incorrect header check");
