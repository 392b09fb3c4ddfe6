import { PrismaPg } from "@prisma/adapter-pg";
import { ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import pg from "pg";

const CHAR_OID = 18;
const TEXT_OID = 25;

/**
 * @prisma/adapter-pg for the schema engine, which needs two things that adapter-pg 7.10 lacks: scripts sent whole (it
 * cuts them at every semicolon, also inside function bodies), and the catalog's one-byte type "char" (it refuses it).
 *
 * @param {{ main: () => Promise<string>, shadow: () => Promise<string>, close: (closer: () => Promise<unknown>) => void }} databases
 */
export function migrationAdapterFactory({ main, shadow, close }) {
  /** @param {() => Promise<string>} database */
  const connect = async (database) => {
    const url = await database();
    const pool = new pg.Pool({ connectionString: url, max: 2 });
    pool.on("error", () => {}); // A database dropped under an idle connection is the end of a command, not a fault.
    close(() => pool.end());
    const schema = new URL(url).searchParams.get("schema");
    return mend(await new PrismaPg(pool, schema ? { schema } : {}).connect());
  };
  return /** @type {any} */ ({
    provider: "postgres",
    adapterName: "@prisma/adapter-pg",
    connect: () => connect(main),
    connectToShadowDb: () => connect(shadow),
  });
}

/** @param {any} adapter its own methods are private */
function mend(adapter) {
  const perform = adapter.performIO.bind(adapter);
  const plainQuery = Object.getPrototypeOf(adapter).queryRaw;

  adapter.queryRaw = async (/** @type {unknown} */ query) => {
    const { fields, rows } = await perform(query);
    const isChar = fields.map((/** @type {pg.FieldDef} */ field) => field.dataTypeID === CHAR_OID);
    const seen = fields.map((/** @type {pg.FieldDef} */ field, /** @type {number} */ at) =>
      isChar[at] ? { ...field, dataTypeID: TEXT_OID } : field,
    );
    const answered = Object.create(adapter, { performIO: { value: async () => ({ fields: seen, rows }) } });
    const result = await plainQuery.call(answered, query);
    const types = result.columnTypes.map((/** @type {number} */ type, /** @type {number} */ at) =>
      isChar[at] ? ColumnTypeEnum.Character : type,
    );
    return { ...result, columnTypes: types };
  };
  adapter.executeScript = async (/** @type {string} */ script) => {
    try {
      await adapter.underlyingDriver().query(script);
    } catch (error) {
      adapter.onError(error);
    }
  };
  return adapter;
}
