export const dynamic = "force-dynamic";

/** The least that a route handler of Next can be: the baseline of `npm run bench`. */
export function GET() {
  return Response.json({ ok: true });
}
