/**
 * Loading libraries.
 *
 * A record of name → type declares a library's symbols, as a record of members declares a structure. A symbol is looked
 * up at its first use and then cached; a type given as a function is made then, too.
 */
import { type Address, rawffi } from "rawffi";
import { type DynamicFunction, dynamicFunction } from "../calls/dynamic.ts";
import { swapsErrorCodes } from "../calls/functiontype.ts";
import { isInCallback } from "../calls/slots.ts";
import { describe, LibraryError, located } from "../memory/errors.ts";
import { checkMemory, exactAddress, memoryAt, userSpace } from "../memory/memory.ts";
import { nameClasses } from "../memory/naming.ts";
import { endSlab } from "../memory/slab.ts";
import { FIND, INSPECT, type Lent, ORIGIN, type SymbolOrigin, type SymbolSource, traitsOf } from "../types/protocol.ts";
import { checkLibraryOptions, isOfLoader, type LibraryOptions, open, toPath } from "./open.ts";
import { type DeclaredSymbol, declaredSymbol, isLater, type SymbolDeclaration, type SymbolOf } from "./symbol.ts";

/** The members of every library besides its symbols; a declared symbol of the same name takes precedence. */
export interface LibraryFace {
  /**
   * Closes the library. From then on its functions throw; pointers into it are dangling, as in C.
   *
   * @throws LibraryError with the loader's reason; in a callback that a function of the library called; and while a
   * callback that was passed to its functions is alive: call its `dispose()` first.
   */
  close(): void;
  /**
   * Called at the end of a `using` block: as `close()`, but while callbacks keep it from closing, the library is closed
   * when the last of them is disposed of or collected. Its functions throw at once all the same.
   *
   * @throws LibraryError while its functions are running.
   */
  [Symbol.dispose](): void;
  /** The name it was opened by; null for the program itself. */
  readonly _name: string | null;
  /** The loader's handle. */
  readonly _handle: number;
}

/** A loaded library: one property for each declared symbol, a function or the variable's own memory. */
export type Library<S> = { readonly [K in keyof S]: SymbolOf<S[K]> } & Omit<LibraryFace, keyof S> &
  Disposable &
  SymbolSource;

/** A library without declarations: every property is a function whose signature you set by hand. */
export type DynamicLibrary = LibraryFace & Disposable & SymbolSource & { readonly [symbol: string]: DynamicFunction };

/** A file name, a file URL, or null for the running program. */
export type LibraryName = string | URL | null;

export interface CDLLConstructor {
  /**
   * Loads `name` (`null` for the running program) with the declared symbols.
   *
   *     const c = new CDLL(null, { abs: CFUNCTYPE(c_int, c_int) });
   *     c.abs(-5);   // 5
   *
   * The type of a symbol given as `() => type` is made at its first use, and a library given as `() => name` is opened
   * at the first use of a symbol, so that a program with many declarations starts sooner. What is missing is an error
   * only then.
   *
   * @throws LibraryError with the loader's reason; so does the use of a symbol that the library does not have.
   */
  new <const S extends Record<string, DeclaredSymbol>>(
    name: LibraryName | (() => LibraryName),
    symbols: S,
    options?: LibraryOptions,
  ): Library<S>;
  /** Loads `name` undeclared, as in Python: `libm.pow.restype = c_double`. */
  new (name: LibraryName | (() => LibraryName), symbols?: null, options?: LibraryOptions): DynamicLibrary;
  readonly prototype: SymbolSource;
}

// -- The library -----------------------------------------------------------------------------------

class LoadedLibrary implements SymbolSource {
  /** Undefined until the function that returns it has been called. */
  #name: string | null | undefined;
  readonly #nameLater: (() => unknown) | undefined;
  readonly #options: LibraryOptions;
  /** Undefined until the library is opened. */
  #handle: Address | undefined;
  /** Turns off memory checks; null where the library has not turned them on. */
  #stopChecking: (() => void) | null = null;
  /** Whether the loader has closed it: later than its functions begin to throw, where callbacks kept it open. */
  #isClosed = false;
  #isGivenBack = false;
  #ends: (() => void)[] = [];
  /** Callbacks that were passed to functions of this library. */
  readonly #lent = new Set<WeakRef<Lent>>();
  readonly #isLent = new WeakSet<Lent>();
  #callsElsewhere = 0;

  constructor(name: unknown, symbols: unknown, given: LibraryOptions = {}) {
    this.#options = checkLibraryOptions(given);
    if (isLater(name)) this.#nameLater = name;
    else {
      this.#name = toPath(name);
      this.#open();
    }
    if (this.#options.checked) this.#checkMemory();
    if (symbols === undefined || symbols === null) {
      // console.log inspects the Proxy, which has none of the private members.
      Object.defineProperty(this, INSPECT, { value: this[INSPECT].bind(this) });
      // biome-ignore lint/correctness/noConstructorReturn: a Proxy in front of this very object
      return new Proxy(this, { get: (_, key) => this.#undeclared(key) });
    }
    this.#declare(symbols);
  }

  get _name(): string | null {
    if (this.#name === undefined) this.#name = toPath(this.#nameLater?.());
    return this.#name;
  }

  // A bigint only where a number is not exact, as for all addresses.
  get _handle(): number {
    if (this.#handle === undefined) this.#check("_handle");
    return this.#open() as number;
  }

  /** The address of a symbol. @throws LibraryError */
  [FIND](name: string): Address {
    this.#check(name);
    const handle = this.#open();
    try {
      return rawffi.symbol(handle, name);
    } catch (error) {
      if (!isOfLoader(error)) throw error;
      throw noSuchSymbol(this._name, name, error);
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#refuseWhileCalled();
    this.#refuseWhileLent();
    this.#giveBack();
    this.#end();
  }

  // At the end of a block the program cannot say which callbacks C has kept, and most functions keep none.
  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#refuseWhileCalled();
    this.#end();
    if (this.#giveBackIfUnused()) return;
    // A callback may be disposed of while it is running, and C continues after it.
    const look = () => void (isInCallback() ? setImmediate(look) : this.#giveBackIfUnused());
    for (const reference of this.#lent) {
      const callback = reference.deref() as Lent;
      (callback.whenEnded ??= []).push(look);
      collected.register(callback, look);
    }
  }

  [INSPECT](): string {
    const name = this.#name === null ? "of the program" : (JSON.stringify(this.#name) ?? "not used yet");
    return `<CDLL ${name}${this.#isClosed ? " closed" : ""}>`;
  }

  #open(): Address {
    const { handle } = this.#options;
    this.#handle ??= handle === undefined ? open(this._name, this.#options) : plainHandle(handle);
    return this.#handle;
  }

  #checkMemory(): void {
    const stop = checkMemory();
    endSlab();
    this.#stopChecking = stop;
    collected.register(this, stop, this);
  }

  #end(): void {
    this.#isClosed = true;
    this.#stopChecking?.();
    collected.unregister(this);
    for (const end of this.#ends) end();
    this.#ends = [];
  }

  // The code that C is going to run must stay loaded.
  #refuseWhileCalled(): void {
    if (this.#name === null) return; // the program stays
    if (this.#callsElsewhere > 0) {
      const what = `calls of its functions on other threads still run: ${this.#callsElsewhere}`;
      throw new LibraryError(`${this._name}: it cannot be closed: ${what}`);
    }
    if (this.#handle !== undefined && isInCallback() && rawffi.isRunning(this.#handle)) {
      throw new LibraryError(`${this._name}: it cannot be closed in a callback that one of its functions called`);
    }
  }

  #refuseWhileLent(): void {
    if (this.#name === null) return;
    this.#forgetGone();
    for (const reference of this.#lent) {
      const what = `it may still call the callback ${reference.deref()?.name}; dispose() of the callback first`;
      throw new LibraryError(`${this._name}: it cannot be closed: ${what}`);
    }
  }

  #forgetGone(): void {
    for (const reference of this.#lent) {
      const callback = reference.deref();
      if (callback === undefined || callback.ended !== null) this.#lent.delete(reference);
    }
  }

  #giveBackIfUnused(): boolean {
    if (this.#name !== null) this.#forgetGone();
    const isUnused = this.#name === null || this.#lent.size === 0;
    if (isUnused && !this.#isGivenBack) this.#giveBack();
    return isUnused;
  }

  #giveBack(): void {
    this.#isGivenBack = true;
    if (this.#handle === undefined) return;
    try {
      rawffi.close(this.#handle);
    } catch (error) {
      if (!isOfLoader(error)) throw error;
      throw new LibraryError(`${this._name ?? "the program"}: ${error.message}`, { cause: error });
    }
  }

  #declare(symbols: unknown): void {
    if (typeof symbols !== "object") {
      throw new TypeError(`CDLL(): argument 2: expected a record of symbol and C type, got ${describe(symbols)}`);
    }
    // A deletion makes V8 keep the properties in a dictionary, which the first use of a symbol would do at the latest.
    // Otherwise each added property makes a new hidden class.
    Object.assign(this, { first: 0, second: 0 });
    for (const name of ["first", "second"]) delete (this as Record<string, unknown>)[name];
    for (const [name, given] of Object.entries(symbols as object)) {
      let declared = isLater(given) ? null : declaredSymbol(name, given);
      const get = () => {
        declared ??= declaredSymbol(name, (given as () => unknown)());
        const value = this.#load(declared);
        // A function reads its address when it is made, but C may store another one in a variable.
        return declared.isVariable && traitsOf(declared.type).symbol !== undefined ? value : this.#define(name, value);
      };
      Object.defineProperty(this, name, { configurable: true, enumerable: true, get });
    }
  }

  #load({ name, type, isVariable }: SymbolDeclaration): unknown {
    const address = this[FIND](name);
    const { symbol, view } = traitsOf(type);
    if (symbol !== undefined && !isVariable) return symbol(address, this[ORIGIN](name));
    // The value of an absolute symbol is a number of the linker's, not an address.
    const at = located(name, () => userSpace(address));
    const memory = memoryAt(at);
    return view(memory, at - memory.base, null, 0);
  }

  #undeclared(key: string | symbol): unknown {
    if (typeof key === "symbol" || key in this) {
      const value = (this as Record<string | symbol, unknown>)[key];
      return typeof value === "function" && key in LoadedLibrary.prototype ? value.bind(this) : value;
    }
    try {
      return this.#define(key, dynamicFunction(this[FIND](key), this[ORIGIN](key)));
    } catch (error) {
      // `await library` and JSON.stringify look for these in any object.
      if (key === "then" || key === "toJSON") return undefined;
      throw error;
    }
  }

  #define(name: string, value: unknown): unknown {
    Object.defineProperty(this, name, { value, enumerable: true, configurable: true });
    return value;
  }

  [ORIGIN](name: string): SymbolOrigin {
    return {
      name,
      usesErrno: swapsErrorCodes(this.#options),
      isChecked: this.#stopChecking !== null,
      library: this,
      check: () => this.#check(name),
      onClose: (ended) => this.#ends.push(ended),
      count: (change) => {
        this.#callsElsewhere += change;
      },
      lend: (callback) => {
        if (this.#isLent.has(callback)) return;
        this.#isLent.add(callback);
        this.#lent.add(new WeakRef(callback));
        // References to collected callbacks would pile up.
        if (this.#lent.size % 1024 === 0) this.#forgetGone();
      },
    };
  }

  #check(name: string): void {
    if (!this.#isClosed) return;
    const which = this.#name === undefined ? "" : ` ${this.#name ?? "of the program"}`;
    throw new LibraryError(`${name}: the library${which} was closed`);
  }
}

nameClasses({ CDLL: LoadedLibrary });

/** A C library: {@link CDLLConstructor} has its two forms. */
export const CDLL = LoadedLibrary as unknown as CDLLConstructor;

/** Libraries by their file names, as in Python: `cdll.LoadLibrary("libm.so.6")`. */
export const cdll = {
  /** Loads a library undeclared. @throws LibraryError with the loader's reason. */
  LoadLibrary(name: string | URL | null): DynamicLibrary {
    return new CDLL(name);
  },
};

// -- Private ---------------------------------------------------------------------------------------

/** For callbacks that a library waits for, and libraries that are checked. */
const collected = new FinalizationRegistry<() => void>((tell) => tell());

function plainHandle(handle: Address): Address {
  return typeof handle === "bigint" ? exactAddress(handle) : handle;
}

function noSuchSymbol(library: string | null, name: string, error: unknown): LibraryError {
  const reason = (error as Error).message;
  // Null is also what find_library() returns when it finds nothing.
  const advice = library === null ? "did find_library() find the library?" : 'is it C++? then declare it extern "C"';
  const what = `${library ?? "the program"}: no symbol '${name}' (${reason}); ${advice}`;
  return new LibraryError(what, { cause: error });
}
