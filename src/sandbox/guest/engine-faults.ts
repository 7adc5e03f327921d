/**
 * Puts right what QuickJS-ng 0.12 does wrongly: `BigInt.asUintN(64, x)` gives a negative number where the highest bit is set. The
 * fingerprints of pipelines depend on it. Imported before all else.
 */
BigInt.asUintN = (bits, value) => value & ((1n << BigInt(bits)) - 1n);

export {};
