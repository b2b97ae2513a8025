#!/usr/bin/env bash
# OpenAPI Generator drops the name of a deepObject parameter in TypeScript, and its Java code for one does not compile.
#
# Expected: `style: deepObject` sends the parameter `label` with the keys color and size as `label[color]=red&label[size]=2`
#   (OpenAPI 3.1.1, Style Values). A map of strings, `additionalProperties`, is the plainest such object.
# Happens: typescript-fetch sends `color=red&size=2`, as if the style were `form`: no error, and the server sees no label, or
#   takes a key of a user for a parameter of its own. The Java client of the library native calls toUrlQueryString() of
#   java.util.Map, and does not compile.
# Way out: named properties instead of a map; or a parameter that is repeated, `label=color:red`.
# Version: openapi-generator-cli 7.25.0 (typescript-fetch; java, library native), TypeScript 5.9.3, JDK 17, Node.js 20.
# Source: https://spec.openapis.org/oas/v3.1.1.html#style-values
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
cat > openapi.yaml <<'YAML'
openapi: 3.1.0
info: {title: Streams, version: '1'}
paths:
  /streams:
    get:
      operationId: getStreams
      parameters:
        - name: label
          in: query
          style: deepObject
          explode: true
          schema: {type: object, additionalProperties: {type: string}}
      responses:
        '204': {description: none}
YAML
cat > pom.xml <<'XML'
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>com.fasterxml.jackson.datatype</groupId>
      <artifactId>jackson-datatype-jsr310</artifactId>
      <version>2.21.0</version>
    </dependency>
    <dependency>
      <groupId>jakarta.annotation</groupId>
      <artifactId>jakarta.annotation-api</artifactId>
      <version>3.0.0</version>
    </dependency>
  </dependencies>
</project>
XML
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.10.0:build-classpath -Dmdep.outputFile=class-path >&2
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.10.0:copy \
  -Dartifact=org.openapitools:openapi-generator-cli:7.25.0 -DoutputDirectory=. >&2
npm install --silent --no-audit --no-fund --ignore-scripts typescript@5.9.3
generate() {
  java -jar openapi-generator-cli-7.25.0.jar generate --input-spec openapi.yaml --generator-name "$1" --output "$2" \
    --global-property=apis,models,supportingFiles,apiDocs=false,modelDocs=false,apiTests=false,modelTests=false \
    --additional-properties="$3" > generator.log 2>&1
}
generate typescript-fetch ts supportsES6=true
generate java java library=native,openApiNullable=false,useJakartaEe=true

node_modules/.bin/tsc --module commonjs --moduleResolution node10 --target es2022 --lib es2022,dom --outDir js ts/index.ts
cat > ask.js <<'JS'
const { Configuration, DefaultApi } = require('./js');

const fetchApi = async (url) => {
  console.log(`asked: ${decodeURIComponent(url)}`);
  return new Response(null, { status: 204 });
};
new DefaultApi(new Configuration({ basePath: '', fetchApi })).getStreams({ label: { color: 'red', size: '2' } });
JS
find java/src/main/java -name '*.java' > sources
{
  node ask.js
  { javac -nowarn -d classes -cp "$(cat class-path)" @sources || true; } 2>&1 | grep -oE 'cannot find symbol|(symbol|location): .*'
} | tee seen
diff seen - <<'SEEN'
asked: /streams?color=red&size=2
cannot find symbol
symbol:   method toUrlQueryString(String)
location: variable label of type Map<String,String>
SEEN
echo "as described"
