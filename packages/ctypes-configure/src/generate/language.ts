/**
 * Headers of other languages: what C cannot parse and C++ can is named for what it is.
 */
import { Diagnostic, Index, TranslationUnit } from "libclang";

/** What C's compiler says of C++ that includes what is not there, too. */
const WORDS_OF_CPP =
  /unknown type name '(class|namespace|template|using|typename|constexpr|virtual|inline namespace|extern)'|'(algorithm|array|atomic|bitset|chrono|cstddef|cstdint|cstdio|cstdlib|cstring|deque|exception|functional|initializer_list|iosfwd|iostream|limits|list|map|memory|mutex|new|optional|queue|set|sstream|stdexcept|string|string_view|thread|tuple|type_traits|unordered_map|utility|variant|vector)' file not found/;

/** The flag that makes the headers another language's: `-x c++`; null when there is none. */
export function languageFlag(args: readonly string[]): string | null {
  for (const [i, arg] of args.entries()) {
    const language = arg === "-x" ? args[i + 1] : /^-x(.+)$/.exec(arg)?.[1];
    if (language !== undefined && !/^c(-header)?$/.test(language)) return `-x ${language}`;
    if (/^-std=(c|gnu)\+\+/.test(arg)) return arg;
  }
  return null;
}

/** Whether headers that C has an error for are C++. */
export function isCpp(file: string, text: string, args: readonly string[], complaint: string): boolean {
  if (WORDS_OF_CPP.test(complaint)) return true;
  const flags = [...args.filter((arg) => !arg.startsWith("-std=")), "-x", "c++"];
  const unit = TranslationUnit.from_source(file, flags, [[file, text]], 0, Index.create());
  try {
    return unit.diagnostics.every(({ severity }) => severity < Diagnostic.Error);
  } finally {
    unit.dispose();
  }
}

/** What to do about it. */
export const CPP_ADVICE =
  "classes, templates and overloads have no C interface; bind the library's own C header if it has one, or write a header with " +
  'functions in extern "C" { … } behind #ifdef __cplusplus, and a C++ file that defines them, and build a library of that';
