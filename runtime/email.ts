/**
 * The one spelling of an email address, by which a person is known. Pure. Whether the address exists
 * and whose it is, only a code sent to it, or a channel that vouches for it, can show.
 */

const lengthMax = 254;

/**
 * No spaces, no characters that do not show (line ends, zero widths, turns of the writing direction):
 * two addresses that look alike must not be two people, and none may write into a log what it likes.
 * The Kelvin sign is refused because its lower case is an ordinary k: another address.
 */
const pattern = /^[^\s@<>"(),:;\\[\]\p{C}\u212A]+@[^\s@<>"(),:;\\[\]\p{C}\u212A]+$/u;

/** Lower case, no spaces around, one @ with something on both sides; null where the text is no address. */
export function normalEmail(text: string): string | null {
  const email = text.trim();
  if (email.length > lengthMax || !pattern.test(email) || email.includes('..')) return null;
  return email.toLowerCase();
}
