// The group-commit limit: a bare HTTP answer behind one batched SQL function that does the least an authorisation can be (a
// conditional debit, a window's count, one row of log), committed before the answer. No paid call can be faster than this here.
import { createServer } from "node:http";
import pg from "pg";
import { microBatch } from "@/lib/streams/micro-batch";

const ACCOUNTS = 1_000;
const TABLES = `
create table purse (id int primary key, balance bigint not null, window_start timestamptz not null default 'epoch',
  window_count int not null default 0) with (fillfactor = 70);
create table purse_log (id bigserial primary key, purse int not null, amount bigint not null, at timestamptz not null default now());
insert into purse (id, balance) select n, 1000000000000 from generate_series(0, ${ACCOUNTS - 1}) n;
create function debit(p_ids int[]) returns bigint[] language plpgsql as $$
declare balances bigint[] := array_fill(null::bigint, array[array_length(p_ids, 1)]); at int; left_over bigint;
begin
  for at in select o from unnest(p_ids) with ordinality u (id, o) order by id loop -- In their order: no deadlocks.
    update purse set balance = balance - 1,
      window_count = case when window_start > clock_timestamp() - interval '1 second' then window_count + 1 else 1 end,
      window_start = case when window_start > clock_timestamp() - interval '1 second' then window_start else clock_timestamp() end
    where id = p_ids[at] and balance >= 1 returning balance into left_over;
    insert into purse_log (purse, amount) values (p_ids[at], -1);
    balances[at] := left_over;
  end loop;
  return balances;
end $$;`;

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 });
await pool.query(TABLES);
const debit = microBatch(
  async (ids: number[]) => {
    const query = { name: "debit", text: "select debit($1::int[]) as balances", values: [ids] };
    return (await pool.query<{ balances: string[] }>(query)).rows[0]?.balances ?? [];
  },
  { maxSize: 512, lanes: 1 },
);

createServer((request, response) => {
  request.resume().on("end", async () => {
    const body = JSON.stringify({ balance: await debit(Math.floor(Math.random() * ACCOUNTS)) });
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    response.writeHead(200, headers).end(body);
  });
}).listen(Number(process.env.PORT), "127.0.0.1", () => process.send?.({ type: "listening" }));
