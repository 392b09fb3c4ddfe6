// From contracts/src/dev/TestWalletFactory.sol, by npm run contracts:build.
// Sources: sha256 ba571d1ccbc59530959fca42f6c0be6b373abd1ccb578147586934d46b9a6d39
export const testWalletFactoryAbi = [
  {"type":"function","name":"create","inputs":[{"name":"owner","type":"address","internalType":"address"},{"name":"salt","type":"bytes32","internalType":"bytes32"}],"outputs":[{"name":"","type":"address","internalType":"address"}],"stateMutability":"nonpayable"},
] as const;
