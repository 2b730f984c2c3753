// ISO 3166-1, from a kept library.
import countries from "i18n-iso-countries/index.js";

/** Codes that the standard leaves to its users and gives to no country (ISO 3166-1, 8.1.3). The library has XK among its own. */
const USER_ASSIGNED = /^(?:AA|Q[M-Z]|X[A-Z]|ZZ)$/;

/** Where the books of earlier sales name no country: the European Union, and nowhere known (CLDR's code). */
export const NO_COUNTRIES: readonly string[] = ["EU", "ZZ"];

/** Every alpha-2 code, in the order of the alphabet. */
export const COUNTRIES: readonly string[] = Object.keys(countries.getAlpha2Codes())
  .filter((code) => !USER_ASSIGNED.test(code))
  .sort();
