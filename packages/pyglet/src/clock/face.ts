/** `clock`: the class, and the functions of the clock that the event loop ticks. */
export { Clock, type Scheduled } from "./clock.ts";
export * from "./default.ts";
