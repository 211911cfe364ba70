/**
 * What the addon (`native/*.cc`) and the V8 part (`v8/*.cc`) export.
 *
 * Internal to rawffi. They check only what would crash; `node-api.ts` builds the contract on them.
 */
import type { NativeAccess } from "./access.ts";
import type { Address } from "./types.ts";

export interface NativeAddon {
  readonly version: number;
  readonly pointerSize: number;
  readonly longSize: number;
  readonly wcharSize: number;
  readonly isCharSigned: boolean;
  readonly longDoubleSize: number;
  readonly timeSize: number;
  readonly RTLD_LAZY: number;
  readonly RTLD_NOW: number;
  readonly RTLD_LOCAL: number;
  readonly RTLD_GLOBAL: number;
  readonly RTLD_DEEPBIND: number;

  open(path: string | null, mode: number): number;
  close(handle: Address): void;
  symbol(handle: Address, name: string): Address;
  loaded(): string[];
  isRunning(handle: Address): boolean;
  runsJavaScript(address: Address): boolean;

  /** For a `SharedArrayBuffer`, pass a view of it: Node-API has no other way to get its address. */
  addressOf(buffer: ArrayBuffer | ArrayBufferView): number;
  /** What {@link RawFFI.hasWindows} is. */
  readonly hasWindows: boolean;
  window(address: number, byteLength: number): ArrayBuffer | null;
  /** {@link RawFFI.access}. */
  readonly access: NativeAccess;
  allocate(byteLength: number): number;
  free(address: number): void;
  reachable(address: Address, byteLength: number, forWriting: boolean): boolean;
  // These return null when they reach memory that is not there; `faultAddress()` says where.
  move(to: Address, from: Address, byteLength: number): undefined | null;
  fill(address: Address, byte: number, byteLength: number): undefined | null;
  length(address: Address, unit: number): number | null;
  text(address: Address, byteLength: number): string | null;
  peek(address: Address, code: number): number | bigint | null;
  /** `value` is a bigint for 64-bit types and pointers, a number for all others. */
  poke(address: Address, code: number, value: number | bigint): undefined | null;
  faultAddress(): Address;
  /** Whether the access that failed was a write. */
  faultIsWrite(): boolean;

  /** Identifies this environment to the V8 part. */
  readonly environmentAddress: number;
  /** The frame of this thread. */
  readonly frame: DataView<ArrayBuffer>;
  readonly frameAddress: number;
  /** Of this thread's errno. */
  readonly errnoAddress: number;
  /** The scratch memory of this thread. */
  readonly scratch: DataView<ArrayBuffer>;
  pushText(text: string): number;
  /** Undefined where memory is not there. */
  resultText(): string | null | undefined;
  /**
   * Copies machine code into executable memory that lives as long as the environment. @throws Error when there is none.
   */
  code(bytes: Uint8Array): number;
  /** The version of the libffi in the addon: 30800 is 3.8.0; 0 is any before 3.5, which does not report its version. */
  readonly libffiVersion: number;
  /** Prepares a signature for libffi; `plan.ts` writes the description. @throws TypeError when libffi refuses. */
  plan(description: Float64Array): number;
  /** What {@link PreparedCall.entry} is when a plan runs the call. */
  readonly planEntry: number;
  enter(): void;
  enterWithErrno(): void;
  /** {@link PreparedCall.enterLeaf}. */
  enterLeaf(): void;
  /** The same as `enter`, with C on JavaScript's part of the stack: {@link Signature.here}. */
  enterHere(): void;
  enterHereWithErrno(): void;
  /** Returns the number and the name of the signal that ended the call, the address, and the name of the function. */
  enterGuarded(): undefined | [number, string, Address, string];
  enterGuardedWithErrno(): undefined | [number, string, Address, string];
  enterGuardedHere(): undefined | [number, string, Address, string];
  enterGuardedHereWithErrno(): undefined | [number, string, Address, string];
  /** Returns the type and the text of what C++ threw. */
  enterThrowing(): undefined | [string, string | null];
  enterThrowingWithErrno(): undefined | [string, string | null];
  enterThrowingHere(): undefined | [string, string | null];
  enterThrowingHereWithErrno(): undefined | [string, string | null];
  /** The call site that throwing stubs jump to; 0 where there is none, and C++ must be called through libffi. */
  readonly callSite: number;
  /** What {@link RawFFI.withOwnFrame} is. */
  withOwnFrame<T>(run: () => T, memory: Int32Array | null): T;
  /** Marks the frame as free, unless C is running. */
  freeFrame(): void;
  /** Throws what a callback threw during a call that the V8 part entered. */
  throwPending(): void;
  /**
   * What closures of a signature share. `wideArguments` and `wideResult` are the sizes in bytes of what goes by
   * address; 0 for what does not.
   */
  stubShape(code: Uint8Array, wideArguments: Uint32Array, wideResult: number): number;
  /** The same for libffi's closures. */
  planShape(plan: number): number;
  /** Returns a handle for the functions below. */
  closure(shape: number, swapsErrno: boolean, isNowait: boolean, name: string): number;
  /** Makes a closure call `enter`, which is held weakly. Once per handle. */
  hold(handle: number, enter: () => void): void;
  closureAddress(handle: number): number;
  /**
   * Runs the suspended C functions whose JavaScript was further down on the stack to their end; every closure gives
   * zero.
   */
  finishAbandoned(): void;
  /**
   * The same for the innermost ones, until `count` are left: their JavaScript was terminated, and that below goes on.
   */
  finishInnermost(count: number): void;
  /** The lowest address that the engine lets its stack reach; 0 where it is not known. */
  readonly engineLimit: number;
  /** Notes that JavaScript can reach the depth of this call: for engines whose limit is not known. */
  noteStack(): void;
  /** What {@link RawFFI.resumeEntry} is; 0 where C has no part of the stack for switching calls. */
  readonly resumeEntry: number;
  /**
   * The message for the closure that was refused last, or that {@link FAULT.FREED} is about; `reason` is a {@link
   * SUSPENDED}.
   */
  refusalMessage(reason: number): string;
  /** At most once per handle. */
  freeClosure(handle: number): void;

  /** What {@link PreparedCall.entry} is when a plan runs the call on another thread. */
  readonly elsewherePlanEntry: number;
  /** `enter`, on another thread, while this one serves the callbacks of other threads. */
  pump(slotCount: number, swapsErrno: boolean): void;
  /** Begins the call on another thread and returns its number. */
  submit(slotCount: number, swapsErrno: boolean): number;
  cancel(job: number): boolean;
  /** See the contract. */
  weak(object: object): number;
  weakValue(reference: number): object | undefined;
  endWeak(reference: number): void;
  /**
   * Keeps a call for the end of the environment, and returns its number; its entry is one for calls on another thread.
   */
  callAtEnd(slotCount: number): number;
  callEachAtEnd(target: number, list: number, count: number): number;
  cancelAtEnd(number: number): boolean;
  onSettled(settle: (job: number, hasThrown: boolean, thrown: unknown) => void, within: (job: number) => void): void;
  /** Runs the callback that `within` was called for. */
  serveRequest(): void;
  /** The most threads that the pool may have; a count above 0 sets it. */
  threads(count: number): number;
}

/** The V8 part. */
export interface NativeV8 {
  readonly version: number;
  /** Returns its verbs for this environment; the arguments come from the addon. */
  attach(environmentAddress: number, throwPending: () => void): V8Verbs;
}

export interface V8Verbs {
  /** As the addon's, at half the cost. */
  enter(): void;
  enterWithErrno(): void;
  enterHere(): void;
  enterHereWithErrno(): void;
  /** As the addon's; the closures are then entered at half the cost. */
  hold(handle: number, enter: () => void): void;
  /**
   * A function that runs the leaf stub at `entry`; optimised code calls the stub directly. Absent for a V8 whose
   * layouts are not known.
   */
  leaf?(entry: number): () => void;
  /**
   * The same for a stub that is handed its arguments; `leafEntry` is the signature's other leaf stub, `kinds` are
   * {@link HANDOVER_CODES}. `swapsErrno`: the first stub does, the second does not.
   */
  handed?(
    entry: number,
    leafEntry: number,
    kinds: Uint8Array,
    slots: Uint8Array,
    swapsErrno: boolean,
  ): (...args: number[]) => number | undefined;
  /**
   * The function of the closure that the innermost suspended C function called; undefined once it has been collected.
   */
  asked(): (() => void) | undefined;
  /** Faster versions of the addon's verbs; `addressOf` returns -1 where it has no quick answer. */
  text(address: Address, byteLength: number): string | null;
  pushText(text: string): number;
  resultText(): string | null | undefined;
  addressOf(buffer: ArrayBufferLike | ArrayBufferView): number;
  /**
   * The same where `addressOf` returned -1: for small arrays, and for memory that is to be held from then on. -1 again
   * where only the addon can answer.
   */
  addressOfSlowly(buffer: ArrayBufferLike | ArrayBufferView): number;
  /** The same, and holds the memory. */
  heldAddressOf(buffer: ArrayBufferLike | ArrayBufferView): number;
  /** See the contract; the addon has no such verb. */
  retain(buffer: ArrayBuffer): number;
  release(retained: number): void;
  /** The symbol that is the only key of `marked`, as `key` is of `known`; undefined when it was not found. */
  privateKey(marked: object, known: object, key: symbol): symbol | undefined;
  /**
   * As the addon's `window`, without adding to the memory that the collector counts. The address is not 0, the length
   * at most 4 GiB.
   */
  window(address: number, byteLength: number): ArrayBuffer;
}

/** How calls enter C: the fastest way that is wanted. */
export interface Ways {
  /** The V8 part; with null, calls enter through Node-API. */
  readonly v8: V8Verbs | null;
  /** When false, every call is entered as if it could call back. */
  readonly usesLeafCalls: boolean;
  /** When false, all calls go through libffi, for tests that compare the two. */
  readonly usesStubs: boolean;
}
