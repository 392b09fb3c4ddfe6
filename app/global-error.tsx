"use client";

/** The last resort, when not even the layout could be made: it may depend on nothing. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body
        style={{
          fontFamily: "system-ui, sans-serif",
          margin: "4rem auto",
          maxWidth: "32rem",
          padding: "0 1rem",
        }}
      >
        <h1>Superstream cannot show this page</h1>
        <p>Something broke on our side. Your money was not touched. Load the page again in a moment.</p>
        {error.digest ? <p>Reference {error.digest}</p> : null}
      </body>
    </html>
  );
}
