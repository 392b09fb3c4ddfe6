/**
 * Where everything is on the local devnet; safe in a browser. The same on every machine, because addresses follow from who
 * creates what in which order: `scripts/devnet/build-snapshot.ts` refuses to build a chain with others.
 */
export const DEVNET = {
  chainId: 31337,
  /** The first block: its hash is the chain's identity, another one after each reset. No log is older. */
  startBlock: 1,

  /** Owns Superfluid's governance and our contracts. Nobody has its key: anvil impersonates it. */
  admin: "0x5f00000000000000000000000000000000000001",
  /** The last of anvil's own accounts, whose key is public. It pays for what the faucet gives. */
  faucet: "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720",

  host: "0x7FD84Ce10A03FcDEBed0DF717072e346F62F38fF",
  cfa: "0x1628b9D4C6258060fB92B1D7C34A366bea96BBA4",
  gda: "0x9c91997E6aa5c95fCdd392C0a1e82Be97eC683b3",
  governance: "0x49b8125a65db979B147789F720B51B93E97EEFcE",
  resolver: "0xC785cd8F2E1Bc0cd80c44218568071b2F0dBb7D8",
  superfluidLoader: "0x841e5E416822Aa2E85d2d66901dd5Ecc8246b7aD",
  superTokenFactory: "0x0ED0252Fb3C06C717B6ee5Fa3E3322669cCC64DC",
  superTokenLogic: "0x9515e31A8b2920C366Fe1a8157513bA7A545Ea6B",
  batchLiquidator: "0xFe57C1F215291074D63bAC2a57a7E5Ae00F150e3",
  toga: "0x10d4849f48ad057694C0984515CAfb5E3BCea6CC",

  // The same addresses as on every real network but one.
  cfaV1Forwarder: "0xcfA132E353cB4E398080B9700609bb008eceB125",
  gdaV1Forwarder: "0x6DA13Bde224A05a288748d857b9e7DDEffd1dE08",
  macroForwarder: "0xFD0268E33111565dE546af2675351A4b1587F89F",
  clearMacroForwarder: "0xC1EaB73855155D4e021f7EB4f866996Bac2fe25e",

  usdc: "0xB7d38298430417f2c80d5578bdED94C51b942055",
  usdcx: "0x97aD45f4b858Da071551A82985C79F06d6a58068",
  streamPay: "0xDC6728f962D1b41De0F08dEDC20b76A3b541fb19",
  computeRegistry: "0xd817049DA6Bc94EF0B1DA36D1B55f50734af3dF6",
  sessionOperator: "0x4cf3e0B352A8b4b315e978F9A87FacF1C84709bE",
} as const;
