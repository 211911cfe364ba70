/** mingw's compilers, and how libraries and programs of tests are compiled by them. */

const MACHINE = "x86_64-w64-mingw32";

/** The triplet of its libraries. */
export { MACHINE };

/** By the names that tests call them. */
export const COMPILERS = { gcc: `${MACHINE}-gcc-posix`, "g++": `${MACHINE}-g++-posix` };

/** What is part of the C library there, or has no meaning. */
const UNKNOWN = ["-ldl", "-rdynamic", "-fPIC", "-fno-stack-clash-protection", "-Wl,-z,execstack"];

/** The arguments for it that do what these do on Linux; a `long double` is a double, as Microsoft's compiler has it. */
export function argumentsFor(given) {
  const common = ["-mlong-double-64", ...given.filter((argument) => !UNKNOWN.includes(argument))];
  return given.some((argument) => /^-([cSEM]|print-|-version)/.test(argument)) ? common : [...common, "-static"];
}
