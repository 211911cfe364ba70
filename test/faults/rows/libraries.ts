/** Libraries and symbols that are not there, or not there any more. */
import type { Row } from "../row.ts";

const CLOSED = "LibraryError: add(): its library was closed";

function closedOn(tier: string): Row {
  return {
    id: `closed-${tier}`,
    when: `a function of a closed library is called from optimised code, tier ${tier}`,
    env: { RAWFFI_TIER: tier },
    program: `const lib = open({ add: CFUNCTYPE(c_int, c_int, c_int), counter: c_int }); const { add } = lib; const hot = (a) => add(a, 1); let sum = 0;
      for (let i = 0; i < 200_000; i++) sum += hot(i) & 1; console.log(sum); lib.close(); lib.close();
      const show = (act) => { try { console.log("gave", act()); } catch (error) { console.log(String(error)); } };
      show(() => hot(1)); show(() => lib.add(1, 2)); show(() => lib.half);`,
    stdout: `100000\n${CLOSED}\n${CLOSED}\ngave undefined`,
    ...((tier === "fast" || tier === "direct") && { elsewhere: { bun: null, deno: null } }),
  };
}

export const libraryRows: readonly Row[] = [
  {
    id: "no-library",
    when: "a library that is not there",
    program: `attempt(() => new CDLL("libdoes-not-exist.so.9"));`,
    stdout: "LibraryError: libdoes-not-exist.so.9: cannot open shared object file: No such file or directory",
  },
  {
    id: "no-symbol",
    when: "a symbol that is not there",
    program: `try { open({ nothing: CFUNCTYPE(c_int) }).nothing(); } catch (error) { console.log(String(error).replaceAll(path, "faults.so"), error.code); }`,
    stdout:
      "LibraryError: faults.so: no symbol 'nothing' (faults.so: undefined symbol: nothing); is it C++? then declare it extern \"C\" ERR_CTYPES_LIBRARY",
  },
  ...["fast", "direct", "frame", "libffi"].map(closedOn),
  {
    id: "closed-in-arguments",
    when: "a library is closed by the conversion of an argument of its own function",
    program: `const lib = open({ add: CFUNCTYPE(c_int, c_int, c_int) }); const { add } = lib;
      try { add({ get _as_parameter_() { lib.close(); return 1; } }, 2); } catch (error) { console.log(String(error).replace(path, "faults.so")); }`,
    stdout: "LibraryError: add(): its library was closed",
  },
  {
    id: "close-refused-call",
    when: "a library is closed while a call of it runs",
    program: `const lib = open({ call: CFUNCTYPE(c_int, Callback, c_int) });
      const callback = new Callback((v) => { try { lib.close(); } catch (error) { console.log(String(error).replace(path, "faults.so")); } return v + 1; });
      console.log(lib.call(callback, 1)); callback.dispose(); lib.close(); attempt(() => typeof callback);`,
    stdout:
      "LibraryError: faults.so: it cannot be closed in a callback that one of its functions called\n2\ngave function",
  },
  {
    id: "close-refused-lent",
    when: "a library is closed that was lent a callback",
    program: `const lib = open({ keep: CFUNCTYPE(null, Callback), call_kept: CFUNCTYPE(c_int, c_int) }); const callback = new Callback(function visit(v) { return v + 1; }); lib.keep(callback);
      const show = (act) => { try { console.log("gave", act()); } catch (error) { console.log(String(error).replace(path, "faults.so")); } };
      show(() => lib.close()); show(() => lib.call_kept(1)); callback.dispose(); show(() => lib.close()); show(() => lib.call_kept(1));`,
    stdout:
      "LibraryError: faults.so: it cannot be closed: it may still call the callback visit; dispose() of the callback first\n" +
      "gave 2\ngave undefined\nLibraryError: call_kept(): its library was closed",
  },
  {
    id: "using-lent",
    when: "a block ends whose library was given a callback that lives on: its functions throw, and C may still call it, also to dispose of it",
    program: `const lib = open({ keep: CFUNCTYPE(null, Callback), call_kept: CFUNCTYPE(c_int, c_int) });
      const callback = new Callback((v) => { if (v === 5) callback.dispose(); return v + 1; }); lib.keep(callback);
      const kept = new (CFUNCTYPE(c_int, c_int))(Number(cast(lib.call_kept, c_void_p).value)); lib[Symbol.dispose]();
      attempt(() => lib.call_kept(1)); attempt(() => kept(1)); attempt(() => kept(5)); await pause(5); console.log("ended");`,
    stdout: "LibraryError: call_kept(): its library was closed\ngave 2\ngave 6\nended",
  },
  {
    id: "using",
    when: "a library declared by `using` is closed at the end of its block",
    program: `let kept; { const lib = open({ add: CFUNCTYPE(c_int, c_int, c_int) }); kept = lib.add; lib[Symbol.dispose](); }
      try { kept(1, 2); } catch (error) { console.log(error.code); }`,
    stdout: "ERR_CTYPES_LIBRARY",
  },
];
