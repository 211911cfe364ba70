/**
 * CPython's test_macholib: what names of macOS's libraries say. Names alone: no such file need exist.
 */
import assert from "node:assert/strict";
import { type DylibInfo, dylib_info, framework_info } from "ctypes-js/util";
import { row } from "./row.ts";

function info(name: string, version: string | null, suffix: string | null, shortname = "Foo"): DylibInfo {
  return { location: "P", name, shortname, version, suffix };
}

row("test_macholib.py", "MachOTest", "test_info", () => {
  for (const name of ["completely/invalid", "completely/invalid_debug", "P/Foo", "P/Foo.dylib.old", ""]) {
    assert.equal(dylib_info(name), null, name);
  }
  const known: Record<string, DylibInfo> = {
    "P/Foo.dylib": info("Foo.dylib", null, null),
    "P/Foo_debug.dylib": info("Foo_debug.dylib", null, "debug"),
    "P/Foo.A.dylib": info("Foo.A.dylib", "A", null),
    "P/Foo_debug.A.dylib": info("Foo_debug.A.dylib", "A", null, "Foo_debug"),
    "P/Foo.A_debug.dylib": info("Foo.A_debug.dylib", "A", "debug"),
    "Foo.dylib": { ...info("Foo.dylib", null, null), location: "" },
    "/usr/lib/P/Foo.1.dylib": { ...info("Foo.1.dylib", "1", null), location: "/usr/lib/P" },
  };
  for (const [name, wanted] of Object.entries(known)) assert.deepEqual(dylib_info(name), wanted, name);
});

row("test_macholib.py", "MachOTest", "test_framework_info", () => {
  const none = ["completely/invalid", "completely/invalid/_debug", "P/F.framework", "P/F.framework/_debug"];
  for (const name of [...none, "P/F.framework/Versions", "P/F.framework/Versions/A", "P/F.framework/G"]) {
    assert.equal(framework_info(name), null, name);
  }
  const known: Record<string, DylibInfo> = {
    "P/F.framework/F": info("F.framework/F", null, null, "F"),
    "P/F.framework/F_debug": info("F.framework/F_debug", null, "debug", "F"),
    "P/F.framework/Versions/A/F": info("F.framework/Versions/A/F", "A", null, "F"),
    "P/F.framework/Versions/A/F_debug": info("F.framework/Versions/A/F_debug", "A", "debug", "F"),
  };
  for (const [name, wanted] of Object.entries(known)) assert.deepEqual(framework_info(name), wanted, name);
});
