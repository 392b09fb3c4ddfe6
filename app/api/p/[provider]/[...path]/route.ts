import { fetchPaidDoor } from "@/lib/mpp/paid-door";

export const dynamic = "force-dynamic";

/** The paid door where no server of ours stands in front of Next (Vercel): the same engine, the same tests. */
function door(request: Request): Promise<Response> {
  return fetchPaidDoor(request);
}

export {
  door as DELETE,
  door as GET,
  door as HEAD,
  door as OPTIONS,
  door as PATCH,
  door as POST,
  door as PUT,
};
