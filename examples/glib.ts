/** glib: a hash table and a sorted list with callbacks, text that C frees, an enumeration, an error by a pointer. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { check } from "ctypes-configure";
import { byref, c_char_p, c_int, cast, LibraryError, POINTER, type Pointer } from "ctypes-js";
// Made of glib.h by ctypes-configure, by the rules beside it: see README.md.
import * as binding from "./generated/glib.ts";
import {
  GChecksumType,
  GCompareFunc,
  GError,
  GFunc,
  type GHashTable,
  GHFunc,
  GKeyFileError,
  GKeyFileFlags,
  type GList,
  libglib_2_0 as glib,
} from "./generated/glib.ts";

try {
  glib.g_free(null); // the library is opened at its first use
} catch (error) {
  if (!(error instanceof LibraryError)) throw error;
  console.log(`skipped: ${error.message}\nOn Debian: sudo apt-get install libglib2.0-0`);
  process.exit(0);
}

const textAt = (address: number | bigint | null) => cast(address, c_char_p).value ?? "";

/** How often each word occurs: a table of keys that C copies, compares and frees by functions of its own. */
function countWords(text: string): Pointer<GHashTable> | null {
  const table = glib.g_hash_table_new_full(glib.g_str_hash, glib.g_str_equal, glib.g_free, null);
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
    const key = glib.g_strdup(word);
    const count = Number(glib.g_hash_table_lookup(table, key) ?? 0); // a number, in the place of an address
    glib.g_hash_table_insert(table, key, count + 1);
  }
  return table;
}

/** The words by how often they occur: a list of glib's, which asks JavaScript to compare. */
function sorted(table: Pointer<GHashTable> | null): string[] {
  let list: Pointer<GList> | null = null;
  const add = new GHFunc((key) => {
    list = glib.g_list_prepend(list, key);
  });
  glib.g_hash_table_foreach(table, add, null);
  const count = (key: number | bigint | null) => Number(glib.g_hash_table_lookup(table, key));
  const compare = new GCompareFunc((a, b) => count(b) - count(a) || textAt(a).localeCompare(textAt(b)));
  list = glib.g_list_sort(list, compare);
  const words: string[] = [];
  glib.g_list_foreach(list, new GFunc((key) => void words.push(`${textAt(key)} ${count(key)}`)), null);
  glib.g_list_free(list);
  return words;
}

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const table = countWords(readme);
const words = sorted(table);
assert.equal(words.length, glib.g_hash_table_size(table));
assert.equal(words.length, new Set(readme.toLowerCase().match(/\p{L}+/gu)).size);
console.log(`${words.length} different words in README.md, most often: ${words.slice(0, 3).join(", ")}`);
glib.g_hash_table_unref(table);

// The rules of the module say that g_free frees these results; they are strings of JavaScript.
const line = glib.g_string_new("GString");
for (const i of [1, 2, 3]) glib.g_string_append_printf(line, " %d²=%d", new c_int(i), new c_int(i * i));
const { len } = line!.contents;
const built = glib.g_string_free(line, 0);
assert.equal(Buffer.byteLength(built ?? ""), len);
console.log(`${built}, ${len} bytes`);

const moon = glib.g_date_time_new_utc(1969, 7, 20, 20, 17, 40);
const later = glib.g_date_time_add_days(moon, 20_000);
console.log(
  `20000 days after ${glib.g_date_time_format(moon, "%F")}: ${glib.g_date_time_format(later, "%F, a week %V")}`,
);
for (const each of [moon, later]) glib.g_date_time_unref(each);

// An enumeration takes its constants only.
const sum = glib.g_compute_checksum_for_string(GChecksumType.G_CHECKSUM_SHA256, readme, -1);
assert.equal(sum, createHash("sha256").update(readme).digest("hex"));
console.log(`SHA-256 of README.md is ${sum?.slice(0, 8)}…, as node:crypto says`);

const file = glib.g_key_file_new();
const data = "[font]\nname=Düsseldorf Mono\n";
assert.ok(glib.g_key_file_load_from_data(file, data, Buffer.byteLength(data), GKeyFileFlags.G_KEY_FILE_NONE, null));
assert.equal(glib.g_key_file_get_string(file, "font", "name", null), "Düsseldorf Mono");
const failure = new (POINTER(GError))(); // NULL, until C puts an error there
assert.equal(glib.g_key_file_get_string(file, "font", "size", byref(failure)), null);
const { code, message } = failure.contents;
assert.equal(code, GKeyFileError.G_KEY_FILE_ERROR_KEY_NOT_FOUND);
console.log(`no [font] size: ${cast(message!, c_char_p).value}`);
glib.g_error_free(failure);
glib.g_key_file_unref(file);

// A module is compared with the headers at hand, if there are any.
if (spawnSync("pkg-config", ["--exists", "glib-2.0"]).status === 0) {
  const { compared, differences } = await check(binding);
  assert.deepEqual(differences, []);
  console.log(`${compared} facts compared with this machine's glib.h, no differences`);
} else {
  console.log("not compared: glib.h is not here; on Debian: sudo apt-get install libglib2.0-dev");
}
