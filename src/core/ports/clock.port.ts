/** The wall clock, epoch ms. Nothing that it says may reach a versioned row. */
export interface Clock {
  now(): number;
}
