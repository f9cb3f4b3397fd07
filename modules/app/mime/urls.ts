/** URLs in the texts of a message, also those split by the lines of a transfer encoding. */

const MAX_URLS = 256;
const MAX_URL_LENGTH = 2000;
/** Characters that no URL contains: ASCII blanks, quotes, angle brackets and `]`. */
const ENDS = '\\t-\\r "\'<>\\]';
const END = new RegExp(`[${ENDS}]`);

export class TextUrls {
  private readonly pattern: RegExp;
  /** The end of the text so far, in which a URL may continue. */
  private open = '';
  private count = 0;

  /**
   * @param schemes that are searched for, such as `http`
   * @param withScheme whether URLs are reported with their scheme
   */
  constructor(
    schemes: readonly string[],
    private readonly withScheme: boolean,
    private readonly found: (url: string) => void,
  ) {
    const names = schemes.map(quoted).join('|');
    this.pattern = new RegExp(`(?:${names})://([^${ENDS}]{1,${MAX_URL_LENGTH}})`, 'gi');
  }

  /** Adds text that follows the previous one. */
  add(text: string): void {
    let end = text.length;
    while (end > 0 && !END.test(text[end - 1]!)) end--;
    if (end > 0) {
      this.search(this.open + text.slice(0, end));
      this.open = text.slice(end);
    } else this.open += text;
    if (this.open.length >= MAX_URL_LENGTH) this.end();
  }

  /** The text has ended, or an open URL is too long to continue. */
  end(): void {
    this.search(this.open);
    this.open = '';
  }

  private search(text: string): void {
    for (const match of text.matchAll(this.pattern)) {
      if (this.count++ >= MAX_URLS) return;
      this.found(this.withScheme ? match[0] : match[1]!);
    }
  }
}

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
