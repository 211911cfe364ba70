/**
 * Headers of other languages: what C cannot parse and another language can is named for what it is, with what to do.
 */
import { Diagnostic, Index, TranslationUnit } from "ctypes-libclang";

interface Language {
  readonly name: string;
  /** As `-x` has it. */
  readonly flag: string;
  /** What C's compiler says also where the language's own headers are not installed. */
  readonly words: RegExp;
  readonly advice: string;
}

const CPP: Language = {
  name: "C++",
  flag: "c++",
  words:
    /unknown type name '(class|namespace|template|using|typename|constexpr|virtual|inline namespace|extern)'|'(algorithm|array|atomic|bitset|chrono|cstddef|cstdint|cstdio|cstdlib|cstring|deque|exception|functional|initializer_list|iosfwd|iostream|limits|list|map|memory|mutex|new|optional|queue|set|sstream|stdexcept|string|string_view|thread|tuple|type_traits|unordered_map|utility|variant|vector)' file not found/,
  advice:
    "classes, templates and overloads have no C interface; bind the library's own C header if it has one, or write a header with " +
    'functions in extern "C" { … } behind #ifdef __cplusplus, and a C++ file that defines them, and build a library of that',
};

const OBJECTIVE_C: Language = {
  name: "Objective-C",
  flag: "objective-c",
  words:
    /'(Foundation|AppKit|UIKit|Cocoa)\/\w+\.h' file not found|unknown type name '(NSObject|NSString|id|instancetype)'/,
  advice:
    "its classes are made when the program runs, and messages are no functions of a library; bind objc/runtime.h and " +
    "objc/message.h, whose C functions find classes and send messages, or write functions of C in a .m file, and build a " +
    "library of that",
};

/** What is to be said of flags that make the headers another language's, such as `-x c++`; null when there are none. */
export function languageByFlags(args: readonly string[]): string | null {
  for (const [i, arg] of args.entries()) {
    const name = arg === "-x" ? args[i + 1] : /^-x(.+)$/.exec(arg)?.[1];
    if (name !== undefined && !/^c(-header)?$/.test(name)) return `-x ${name} is not C; ${adviceFor(name)}`;
    if (/^-std=(c|gnu)\+\+/.test(arg)) return `${arg} is not C; ${CPP.advice}`;
  }
  return null;
}

/**
 * What is to be said of headers that C has an error for, where they are another language's; null where they are not.
 */
export function languageOf(file: string, text: string, args: readonly string[], complaint: string): string | null {
  const languages = [CPP, OBJECTIVE_C];
  const found =
    languages.find(({ words }) => words.test(complaint)) ??
    languages.find(({ flag }) => parses(file, text, args, flag));
  return found === undefined ? null : `This is ${found.name}: ${found.advice}`;
}

// -- Private ---------------------------------------------------------------------------------------

function adviceFor(flag: string): string {
  return (flag.startsWith("objective-c") ? OBJECTIVE_C : CPP).advice;
}

function parses(file: string, text: string, args: readonly string[], language: string): boolean {
  const flags = [...args.filter((arg) => !arg.startsWith("-std=")), "-x", language];
  const unit = TranslationUnit.from_source(file, flags, [[file, text]], 0, Index.create());
  try {
    return unit.diagnostics.every(({ severity }) => severity < Diagnostic.Error);
  } finally {
    unit.dispose();
  }
}
