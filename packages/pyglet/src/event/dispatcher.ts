/**
 * Events: an object that dispatches them, and the stack of handlers that it asks, as pyglet has them.
 *
 * Each frame of the stack is what one `push_handlers` gave. An event goes from the top frame down, and last to the
 * dispatcher's own method of that name; a handler that returns true ends the way.
 */

/** What a handler returns so that no other one sees the event. */
export const EVENT_HANDLED = true;
/** What a handler returns, or nothing, so that the next one sees the event, too. */
export const EVENT_UNHANDLED = undefined;

export type Handler = (...args: never[]) => unknown;
/** The events of a dispatcher, by name, with what their handlers receive. */
export type Events = { readonly [name: string]: Handler };
/** Handlers by the names of their events; other members are left alone. */
export type Handlers<E> = { readonly [N in keyof E]?: E[N] | undefined } | object;

type Frame = Map<string, Handler>;

/** An event that the dispatcher does not have, or a stack that is used wrongly. */
export class EventException extends Error {
  override readonly name = "EventException";
}

/** What has events; the base of windows, of the event loop, and of a program's own classes. */
export class EventDispatcher<E = Events> {
  /** The names of events, those of base classes included. */
  static event_types: readonly string[] = [];

  /** From the bottom up. */
  #stack: Frame[] = [];

  /** Adds an event to this class and those that extend it; returns the name. */
  static register_event_type<N extends string>(name: N): N {
    if (!this.event_types.includes(name)) this.event_types = [...this.event_types, name];
    return name;
  }

  /**
   * Puts handlers on top of the stack, as one frame: objects whose methods are named as events, and functions that are.
   *
   *     dispatcher.push_handlers({ on_resize: (width, height) => {} }, function on_close() {});
   *
   * @throws EventException for a function that is named as no event.
   */
  push_handlers(...handlers: readonly (Handlers<E> | Handler)[]): void {
    const frame: Frame = new Map();
    this.#put(frame, handlers);
    this.#stack.push(frame);
  }

  /** Puts handlers into the top frame, in place of those that are there. @throws EventException as `push_handlers`. */
  set_handlers(...handlers: readonly (Handlers<E> | Handler)[]): void {
    this.#put(this.#top(), handlers);
  }

  /** Puts one handler into the top frame. @throws EventException for no event. */
  set_handler<N extends keyof E & string>(name: N, handler: E[N]): void {
    this.#check(name);
    this.#top().set(name, handler as Handler);
  }

  /** Takes the top frame off. @throws EventException when there is none. */
  pop_handlers(): void {
    if (this.#stack.pop() === undefined) throw new EventException("pop_handlers(): there are no handlers to take off");
  }

  /** Takes the topmost frame off that has one of these handlers, and nothing when none has. */
  remove_handlers(...handlers: readonly (Handlers<E> | Handler)[]): void {
    const wanted: Frame = new Map();
    this.#put(wanted, handlers);
    for (let at = this.#stack.length - 1; at >= 0; at--) {
      const frame = this.#stack[at] as Frame;
      if (![...wanted].some(([name, handler]) => isSame(frame.get(name), handler))) continue;
      for (const [name, handler] of wanted) if (isSame(frame.get(name), handler)) frame.delete(name);
      if (frame.size === 0) this.#stack.splice(at, 1);
      return;
    }
  }

  /** Takes this handler of an event out of the topmost frame that has it, and nothing when none has. */
  remove_handler<N extends keyof E & string>(name: N, handler: E[N]): void {
    const frame = this.#stack.findLast((each) => isSame(each.get(name), handler as Handler));
    frame?.delete(name);
  }

  /** Sets the handler of the event that the function is named as, or of the one that is given; returns the function. */
  event<F extends Handler>(handler: F): F;
  event<N extends keyof E & string>(name: N, handler: E[N]): E[N];
  event(nameOrHandler: string | Handler, handler?: unknown): unknown {
    const given = typeof nameOrHandler === "string" ? (handler as Handler) : nameOrHandler;
    const name = typeof nameOrHandler === "string" ? nameOrHandler : given.name;
    this.set_handler(name as keyof E & string, given as E[keyof E & string]);
    return given;
  }

  /**
   * Calls the handlers of an event, and returns whether one of them handled it. What a handler throws is thrown here.
   *
   * @throws EventException for no event.
   */
  dispatch_event<N extends keyof E & string>(
    name: N,
    ...args: E[N] extends Handler ? Parameters<E[N]> : never
  ): boolean {
    this.#check(name);
    // A handler may push or pop; this event goes by the stack as it was.
    const frames = this.#stack.length === 1 ? this.#stack : [...this.#stack];
    for (let at = frames.length - 1; at >= 0; at--) {
      const handler = frames[at]?.get(name);
      if (handler !== undefined && handler.apply(this, args) === EVENT_HANDLED) return true;
    }
    const own = (this as Record<string, unknown>)[name];
    return typeof own === "function" && own.apply(this, args) === EVENT_HANDLED;
  }

  #top(): Frame {
    if (this.#stack.length === 0) this.#stack.push(new Map());
    return this.#stack.at(-1) as Frame;
  }

  #check(name: string): void {
    const { event_types, name: owner } = this.constructor as typeof EventDispatcher;
    if (!event_types.includes(name)) throw new EventException(`${owner} has no event ${JSON.stringify(name)}`);
  }

  #put(frame: Frame, handlers: readonly (Handlers<E> | Handler)[]): void {
    for (const given of handlers) {
      if (typeof given === "function") {
        this.#check(given.name);
        frame.set(given.name, given as Handler);
        continue;
      }
      for (const name of (this.constructor as typeof EventDispatcher).event_types) {
        const method = (given as Record<string, unknown>)[name];
        if (typeof method === "function") frame.set(name, boundTo(given, method as Handler));
      }
    }
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** What was bound, by what it became: `remove_handlers` finds methods by it. */
const originals = new WeakMap<Handler, { readonly owner: object; readonly method: Handler }>();

function boundTo(owner: object, method: Handler): Handler {
  const bound: Handler = (...args) => method.apply(owner, args);
  originals.set(bound, { owner, method });
  return bound;
}

function isSame(one: Handler | undefined, other: Handler): boolean {
  if (one === undefined || one === other) return one === other;
  const [a, b] = [originals.get(one), originals.get(other)];
  return a !== undefined && (a.method === other || (a.owner === b?.owner && a.method === b.method));
}
