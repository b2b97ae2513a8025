#!/usr/bin/env bash
# OpenAPI Generator's clients take an event for another member of its oneOf, if a `const` has no `type` beside it.
#
# Expected: in `oneOf` exactly one member is valid. If each has a required `type` with a `const` of its own, there is no doubt
#   which one a value is, and it arrives as that with all of its fields. `type: string` beside a `const` says nothing new.
# Happens: without it the generated code does not look at the `const`. typescript-fetch takes the first member, in the order of
#   the alphabet, whose required names are there: a payment with `type` and `amount` becomes an `Ended`, which needs `type`
#   only, and its amount is dropped without an error, when it is sent, too. The Java client finds that both would do, and
#   throws. With `type: string` both are right.
# Way out: `type: string` with each `const`, or a `discriminator` beside the oneOf.
# Version: openapi-generator-cli 7.25.0 (typescript-fetch; java, library native), TypeScript 5.9.3, JDK 17, Node.js 20.
# Source: https://spec.openapis.org/oas/v3.1.1.html#schema-object, https://json-schema.org/draft/2020-12/json-schema-validation#section-6.1.3
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
cat > openapi.yaml <<'YAML'
openapi: 3.1.0
info: {title: Events, version: '1'}
paths:
  /event:
    get:
      operationId: getEvent
      responses:
        '200':
          description: an event
          content: {application/json: {schema: {$ref: '#/components/schemas/Event'}}}
components:
  schemas:
    Event:
      oneOf:
        - $ref: '#/components/schemas/Paid'
        - $ref: '#/components/schemas/Ended'
    Paid:
      type: object
      required: [type, amount]
      properties:
        type: {const: paid}
        amount: {type: string}
    Ended:
      type: object
      required: [type]
      properties:
        type: {const: ended}
        reason: {type: string}
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
cat > read.js <<'JS'
const { EventFromJSON, EventToJSON } = require('./js');

const paid = { type: 'paid', amount: '100' };
console.log(`read: ${JSON.stringify(EventFromJSON(paid))}, sent: ${JSON.stringify(EventToJSON(paid))}`);
JS
cat > Read.java <<'JAVA'
import org.openapitools.client.ApiClient;
import org.openapitools.client.model.Event;

public class Read {
  public static void main(String[] arguments) {
    try {
      Event event =
          new ApiClient().getObjectMapper().readValue("{\"type\":\"paid\",\"amount\":\"100\"}", Event.class);
      System.out.println(event.getActualInstance());
    } catch (Exception e) {
      System.out.println(e.getMessage().replaceAll("(?s).*(Failed deserialization[^\n]*).*", "$1"));
    }
  }
}
JAVA
find java/src/main/java -name '*.java' > sources
javac -nowarn -d classes -cp "$(cat class-path)" @sources Read.java 2>/dev/null
{
  node read.js
  java -cp "classes:$(cat class-path)" Read
} | tee seen
diff seen - <<'SEEN'
read: {"type":"paid"}, sent: {"type":"paid"}
Failed deserialization for Event: 2 classes match result, expected 1
SEEN
echo "as described"
