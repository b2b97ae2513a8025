// As an app's: what React Native sets of Metro's settings, and stubs for what only a device has.
const path = require('node:path');

const LIB = path.join(__dirname, '../../../webapp/lib');

const NATIVE = ['react-native', './NativeBlobModule'];

module.exports = {
  projectRoot: __dirname,
  // the client is beside the sources
  watchFolders: [LIB],
  resolver: {
    platforms: ['android', 'ios'],
    resolverMainFields: ['react-native', 'browser', 'main'],
    unstable_enablePackageExports: true,
    unstable_conditionNames: ['react-native'],
    nodeModulesPaths: [path.join(__dirname, 'node_modules')],
    extraNodeModules: { 'flowfi-events': LIB },
    resolveRequest: (context, name, platform) =>
      NATIVE.includes(name)
        ? { type: 'sourceFile', filePath: path.join(__dirname, 'native.js') }
        : context.resolveRequest(context, name, platform),
  },
  transformer: {
    babelTransformerPath: require.resolve('@react-native/metro-babel-transformer'),
  },
};
