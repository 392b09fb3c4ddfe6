// Plain JavaScript, because next.config.mjs reads it too: pages and data carry the same headers whoever answers.

/** For every answer, page or data. The policy for a page's scripts has a nonce and comes from proxy.ts. */
export const everywhere = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=(), usb=()" },
  // Wallets open pop-ups of their own.
  { key: "Cross-Origin-Opener-Policy", value: "same-origin-allow-popups" },
  // Browsers heed it only over https.
  { key: "Strict-Transport-Security", value: "max-age=63072000" },
];

/** For data: opened as a document, it may do nothing. The paid door sets a stricter one itself. */
export const forData = [
  { key: "Content-Security-Policy", value: "default-src 'none'; frame-ancestors 'none'; base-uri 'none'" },
];
