/**
 * What the addon (`native/*.cc`) and the V8 part (`v8/*.cc`) export.
 *
 * Internal to rawffi. They check only what would crash; `node-api.ts` makes the contract of it.
 */
import type { Address } from "./types.ts";

export interface NativeAddon {
  readonly version: number;
  readonly pointerSize: number;
  readonly longSize: number;
  readonly wcharSize: number;
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

  /** A `SharedArrayBuffer` must come as a view of it: Node-API gives its address no other way. */
  addressOf(buffer: ArrayBuffer | ArrayBufferView): number;
  window(address: number, byteLength: number): ArrayBuffer | null;
  allocate(byteLength: number): number;
  free(address: number): void;
  reachable(address: Address, byteLength: number, forWriting: boolean): boolean;
  // These give null where memory is not there, and faultAddress() says where.
  move(to: Address, from: Address, byteLength: number): undefined | null;
  fill(address: Address, byte: number, byteLength: number): undefined | null;
  length(address: Address, unit: number): number | null;
  text(address: Address, byteLength: number): string | null;
  peek(address: Address, code: number): number | bigint | null;
  /** `value` is a bigint for 64-bit types and pointers, a number for all others. */
  poke(address: Address, code: number, value: number | bigint): undefined | null;
  faultAddress(): Address;
  /** Whether it could not be written, rather than read. */
  faultIsWrite(): boolean;

  /** What the V8 part is told of this environment. */
  readonly environmentAddress: number;
  /** The frame of this thread. */
  readonly frame: ArrayBuffer;
  readonly frameAddress: number;
  /** The scratch memory of this thread. */
  readonly scratch: ArrayBuffer;
  pushText(text: string): number;
  /** Undefined where memory is not there. */
  resultText(): string | null | undefined;
  /**
   * Copies machine code into executable memory that lives as long as the environment. @throws Error when there is none.
   */
  code(bytes: Uint8Array): number;
  /** Of the libffi in the addon: 30800 is 3.8.0; 0 is one before 3.5, which does not say. */
  readonly libffiVersion: number;
  /** Makes a signature ready for libffi; `plan.ts` writes the description. @throws TypeError when libffi refuses. */
  plan(description: Float64Array): number;
  /** What {@link PreparedCall.entry} is when a plan runs the call. */
  readonly planEntry: number;
  enter(): void;
  enterWithErrno(): void;
  /** The same, C running on JavaScript's part of the stack: {@link Signature.here}. */
  enterHere(): void;
  enterHereWithErrno(): void;
  /** Gives the number of the signal that left the call, its name, the address, and the name of the function. */
  enterGuarded(): undefined | [number, string, Address, string];
  enterGuardedWithErrno(): undefined | [number, string, Address, string];
  enterGuardedHere(): undefined | [number, string, Address, string];
  enterGuardedHereWithErrno(): undefined | [number, string, Address, string];
  /** Gives the type and the text of what C++ threw. */
  enterThrowing(): undefined | [string, string | null];
  enterThrowingWithErrno(): undefined | [string, string | null];
  enterThrowingHere(): undefined | [string, string | null];
  enterThrowingHereWithErrno(): undefined | [string, string | null];
  /** Where throwing stubs have the call made; 0 where there is no such place, and C++ must be called through libffi. */
  readonly callSite: number;
  /** What {@link RawFFI.withOwnFrame} is. */
  withOwnFrame<T>(run: () => T, memory: Int32Array | null): T;
  /** Says that nobody uses the frame, unless C is running. */
  freeFrame(): void;
  /** Throws what a callback threw during a call that the V8 part entered. */
  throwPending(): void;
  /**
   * What closures of a signature share, of a stub with arguments and a result that go by address and have so many bytes
   * (0: they do not).
   */
  stubShape(code: Uint8Array, wideArguments: Uint32Array, wideResult: number): number;
  /** The same of closures of libffi's. */
  planShape(plan: number): number;
  /** Gives a handle for the functions below. */
  closure(shape: number, swapsErrno: boolean, isNowait: boolean, name: string): number;
  /** Lets a closure call `enter`, which is held weakly. Once for a handle. */
  hold(handle: number, enter: () => void): void;
  closureAddress(handle: number): number;
  /** Lets C functions run to their end whose JavaScript was further down on the stack, with zero from every closure. */
  finishAbandoned(): void;
  /**
   * The same of those that were suspended last, until there are `count`: their JavaScript was ended while that below
   * goes on.
   */
  finishInnermost(count: number): void;
  /** The lowest address that the engine's stack may have; 0 where it is not known. */
  readonly engineLimit: number;
  /** Tells that JavaScript can come as deep as the call of it: for engines whose limit is not known. */
  noteStack(): void;
  /** What {@link RawFFI.resumeEntry} is; 0 where C has no part of the stack for switching calls. */
  readonly resumeEntry: number;
  /** Of the closure that was refused last, or that {@link FAULT.FREED} is about; `reason` is a {@link SUSPENDED}. */
  refusalMessage(reason: number): string;
  /** At most once for a handle. */
  freeClosure(handle: number): void;

  /** What {@link PreparedCall.entry} is when a plan runs the call on another thread. */
  readonly elsewherePlanEntry: number;
  /** `enter`, on another thread, while this one serves the callbacks of other threads. */
  pump(slotCount: number, swapsErrno: boolean): void;
  /** Begins the call on another thread and gives its number. */
  submit(slotCount: number, swapsErrno: boolean): number;
  cancel(job: number): boolean;
  /** Of the contract. */
  weak(object: object): number;
  weakValue(reference: number): object | undefined;
  endWeak(reference: number): void;
  /**
   * Keeps a call for the end of the environment, and gives its number; its entry is one for calls on another thread.
   */
  callAtEnd(slotCount: number): number;
  callEachAtEnd(target: number, list: number, count: number): number;
  cancelAtEnd(number: number): boolean;
  onSettled(settle: (job: number, hasThrown: boolean, thrown: unknown) => void, within: (job: number) => void): void;
  /** Runs the callback that `within` was called for. */
  serveRequest(): void;
  /** How many threads the pool may have; a count above 0 sets it. */
  threads(count: number): number;
}

/** The V8 part. */
export interface NativeV8 {
  readonly version: number;
  /** Its verbs for this environment; the arguments are the addon's. */
  attach(environmentAddress: number, throwPending: () => void): V8Verbs;
}

export interface V8Verbs {
  /** The addon's, at half the cost. */
  enter(): void;
  enterWithErrno(): void;
  enterHere(): void;
  enterHereWithErrno(): void;
  /** The addon's, for closures that are then entered at half the cost. */
  hold(handle: number, enter: () => void): void;
  /**
   * A function that runs the leaf stub at `entry`, from optimised code without a step between; absent for a V8 not
   * known well enough.
   */
  leaf?(entry: number): () => void;
  /**
   * The same of a stub that is handed its arguments; `leafEntry` is the signature's other leaf stub, `kinds` are {@link
   * HANDOVER_CODES}.
   */
  handed?(
    entry: number,
    leafEntry: number,
    kinds: Uint8Array,
    slots: Uint8Array,
  ): (...args: number[]) => number | undefined;
  /** The function of the closure that the innermost suspended C function called; undefined when it was collected. */
  asked(): (() => void) | undefined;
  /** The addon's verbs of the same names, faster; of what it cannot say at once, `addressOf` says -1. */
  text(address: Address, byteLength: number): string | null;
  pushText(text: string): number;
  resultText(): string | null | undefined;
  addressOf(buffer: ArrayBufferLike | ArrayBufferView): number;
  /**
   * The same where `addressOf` says -1: of small arrays, and of memory that is to be held from now on. -1 again where
   * the addon must say it.
   */
  addressOfSlowly(buffer: ArrayBufferLike | ArrayBufferView): number;
  /** The same, and holds the memory. */
  heldAddressOf(buffer: ArrayBufferLike | ArrayBufferView): number;
  /** Of the contract; the addon has none. */
  retain(buffer: ArrayBuffer): number;
  release(retained: number): void;
  /** The symbol that is the only key of `marked`, as `key` is of `known`; undefined when it was not found. */
  privateKey(marked: object, known: object, key: symbol): symbol | undefined;
  /** The addon's `window`, which the collector does not count; at an address that is not 0, of at most 4 GiB. */
  window(address: number, byteLength: number): ArrayBuffer;
}

/** How calls go: the best way that is wanted. */
export interface Ways {
  /** The V8 part; null enters through Node-API. */
  readonly v8: V8Verbs | null;
  /** False enters every call as if it could call back. */
  readonly usesLeafCalls: boolean;
  /** False uses libffi alone, for tests that compare the two. */
  readonly usesStubs: boolean;
}
