// What compiled functions lean on of the runtime, in one answer: amounts, dates on the clocks of places, encodings.
// It is run in the sandbox and under Deno, and both have to say the same.
import { createClientFromRequest } from "npm:@base44/sdk@0.8.31";

const CURRENCIES =
  "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW";
const AMOUNTS = [0, -0, 1, 85.5, 240, 1234.5, -1234.565, 0.005, -0.004, 1e6, 123456789.99];
const ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Tokyo", "Australia/Lord_Howe", "Pacific/Apia"];
const MOMENTS = ["2026-03-02T08:30:00Z", "2026-03-29T01:00:00Z", "2026-10-25T00:59:59.999Z", "2026-12-31T23:30:00Z", "2028-02-29T12:00:00Z"];
const STYLES: Intl.DateTimeFormatOptions[] = [
  { dateStyle: "medium" },
  { timeStyle: "short" },
  { dateStyle: "medium", timeStyle: "short" },
  { hour: "2-digit", hourCycle: "h23" },
  { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
];
const TEXTS = ["plain", "Zażółć 東京 🎉", "a\r\nb\tc", "\"quoted\" 'single' \\", "\u2028 \u0000 \u007f", "a+b/c=d&e?f#g%20"];

function base64(text: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

Deno.serve(async (req) => {
  createClientFromRequest(req);
  const money = (currency: string) => {
    const format = new Intl.NumberFormat("en-GB", { style: "currency", currency });
    return AMOUNTS.map((amount) => format.format(amount));
  };
  const dates = (locale: string, timeZone: string) =>
    MOMENTS.map((moment) => STYLES.map((style) => new Intl.DateTimeFormat(locale, { ...style, timeZone }).format(new Date(moment))));
  return Response.json({
    now: new Date().toISOString(),
    body: await req.json(),
    money: Object.fromEntries(CURRENCIES.split(" ").map((currency) => [currency, money(currency)])),
    dates: Object.fromEntries(ZONES.map((zone) => [zone, [dates("en-GB", zone), dates("en-CA", zone)]])),
    texts: TEXTS.map((text) => [
      JSON.stringify(text),
      base64(text),
      String(new URLSearchParams({ [text]: text })),
      new URL(`https://example.org/${text}?q=${text}`).href,
      text.replace(/\p{Cc}+/gu, " "),
      text.match(/.{1,4}/gsu),
      encodeURIComponent(text),
    ]),
    days: ["2026-01-31", "2026-02-30", "", "2026-03-29T02:30:00", "2026-03-29T02:30:00+02:00"].map((text) => {
      const date = new Date(text);
      return Number.isNaN(date.getTime()) ? null : date.toISOString();
    }),
  });
});
