/** What a process may not do, and what its surroundings may not make it do. */
import type { Row } from "../row.ts";

/** A process that has the rights of another than who started it; only root can make one. */
const asAnother = ["--import", "data:text/javascript,process.seteuid(65534)"];

const rowsOfRoot: readonly Row[] = [
  {
    id: "setuid-addon",
    when: "RAWFFI_ADDON in a process that runs with another's rights: it is not looked at",
    options: asAnother,
    env: { RAWFFI_ADDON: "/nowhere/rawffi.node" },
    program: "attempt(() => open({ add: CFUNCTYPE(c_int, c_int, c_int) }).add(1, 2));",
    stdout: "gave 3",
  },
  {
    id: "setuid-path",
    when: "PATH names programs of somebody's in such a process: find_library() does not run them",
    options: asAnother,
    program: `import { find_library } from "ctypes-js/util"; import * as fs from "node:fs"; import { tmpdir } from "node:os";
      const folder = fs.mkdtempSync(tmpdir() + "/faults-"); const ran = folder + "/ran";
      for (const name of ["gcc", "cc", "ld", "objdump", "ldconfig"]) fs.writeFileSync(folder + "/" + name, "#!/bin/sh\\necho > " + ran + "\\n", { mode: 0o755 });
      process.env.PATH = folder; console.log(find_library("no-such-thing"), fs.existsSync(ran)); fs.rmSync(folder, { recursive: true });`,
    stdout: "null false",
  },
];

export const processRows: readonly Row[] = [
  {
    id: "permission",
    when: "the permission model allows no addons: the error names the option",
    options: (major) => [major < 22 ? "--experimental-permission" : "--permission", "--allow-fs-read=*"],
    program: "",
    stderr:
      /rawffi: this process may not load native addons: give --allow-addons with --permission, and no --no-addons/,
    code: 1,
  },
  {
    id: "executable-pages",
    when: "pages are written or executable, never both, with every kind of machine code in use",
    program: `import { readFileSync } from "node:fs";
      // V8's own code pages are both where the processor cannot switch them cheaply; --jitless has none of them.
      const own = (lines) => lines.filter((line) => / .wx/.test(line));
      const before = own(readFileSync("/proc/self/maps", "utf8").split("\\n")).length;
      const lib = open({ add: CFUNCTYPE(c_int, c_int, c_int), call: CFUNCTYPE(c_int, Callback, c_int), half: CFUNCTYPE(c_double, c_double) });
      let worst = before; const look = () => { worst = Math.max(worst, own(readFileSync("/proc/self/maps", "utf8").split("\\n")).length); };
      const callbacks = []; for (let i = 0; i < 200; i++) { callbacks.push(new Callback((v) => { if (i % 20 === 0) look(); return v + i; })); lib.call(callbacks[i], 1); lib.add(i, 1); lib.half(i); }
      look(); console.log(worst - before);`,
    // From Node 24 on there is no WebAssembly then, by itself.
    options: (major) => (major < 24 ? ["--jitless", "--no-expose-wasm"] : ["--jitless"]),
    stdout: "0",
  },
  {
    id: "no-current-folder",
    when: "a bare name is never looked for in the current folder",
    program: `import { copyFileSync, rmSync } from "node:fs"; const name = "libonly-here.so"; copyFileSync(path, name);
      try { attempt(() => new CDLL(name)); console.log(typeof new CDLL("./" + name)._handle); } finally { rmSync(name); }`,
    stdout: "LibraryError: libonly-here.so: cannot open shared object file: No such file or directory\nnumber",
  },
  {
    id: "no-code-from-strings",
    when: "code may not be made of strings: all works, only slower",
    options: ["--disallow-code-generation-from-strings"],
    program: `const lib = open({ add: CFUNCTYPE(c_int, c_int, c_int), call: CFUNCTYPE(c_int, Callback, c_int) });
      attempt(() => lib.add(1, 2)); attempt(() => lib.add(1)); attempt(() => lib.call(new Callback((v) => v + 1), 1)); attempt(() => lib.call(new Callback(() => { throw new Error("x"); }), 1));`,
    stdout: "gave 3\nArgumentError: add(): expected 2 arguments, got 1\ngave 2\nError: x",
  },
  ...(process.getuid?.() === 0 ? rowsOfRoot : []),
];
