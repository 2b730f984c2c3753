/** The one spelling of an e-mail address that is stored and compared. */
export const canonicalEmail = (email: string): string => email.normalize("NFC").toLowerCase();
