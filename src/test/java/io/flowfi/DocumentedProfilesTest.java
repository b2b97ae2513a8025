package io.flowfi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** The ways to start Maven that the documents name are there, and what they promise is wired. */
class DocumentedProfilesTest {
  private static final Pattern NAMED = Pattern.compile("\\bmvn(?: -[a-zA-Z]+)* -P([a-z-]+)");

  private final XPath path = XPathFactory.newInstance().newXPath();

  /** The parents of pom.xml that are the application's alone. */
  private final List<Document> poms = new ArrayList<>();

  @BeforeEach
  void read() throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    for (String file : List.of("application.xml", "tests.xml")) {
      poms.add(factory.newDocumentBuilder().parse(Path.of("src/build", file).toFile()));
    }
  }

  private List<Node> nodes(String expression) throws XPathExpressionException {
    List<Node> found = new ArrayList<>();
    for (Document pom : poms) {
      NodeList nodes = (NodeList) path.evaluate(expression, pom, XPathConstants.NODESET);
      for (int i = 0; i < nodes.getLength(); i++) {
        found.add(nodes.item(i));
      }
    }
    return found;
  }

  private List<String> all(String expression) throws XPathExpressionException {
    return nodes(expression).stream().map(node -> node.getTextContent().strip()).toList();
  }

  private String one(String expression) throws XPathExpressionException {
    List<String> all = all(expression);
    assertThat(all).as(expression).hasSize(1);
    return all.get(0);
  }

  private static Set<String> named() throws IOException {
    Set<String> named = new TreeSet<>();
    try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
      Stream<Path> documents = Stream.concat(Stream.of(Path.of("README.md")), docs);
      for (Path document : documents.filter(file -> file.toString().endsWith(".md")).toList()) {
        named.addAll(
            NAMED
                .matcher(Files.readString(document))
                .results()
                .map(result -> result.group(1))
                .collect(Collectors.toSet()));
      }
    }
    return named;
  }

  @Test
  void shouldHaveEveryProfileThatADocumentNames() throws Exception {
    assertThat(named()).contains("secured", "cluster", "chain");
    assertThat(all("/project/profiles/profile/id")).containsAll(named());
  }

  /** {@code SecuredStartIT} starts it the same way, and reads what it prints. */
  @Test
  void shouldStartASecuredServerWithTheProfileAndAnOpenOneWithout() throws Exception {
    String property = "flowfi.secured";
    assertThat(one("/project/properties/" + property)).isEqualTo("false");
    assertThat(all("/project/profiles/profile[id='secured']/properties/*")).containsExactly("true");
    assertThat(one("/project/profiles/profile[id='secured']/properties/" + property))
        .isEqualTo("true");
    assertThat(all("/project/profiles/profile[id='secured']/build"))
        .as("what mvn runs without a goal is the same")
        .isEmpty();
    assertThat(one("/project/build/defaultGoal")).endsWith(" exec:exec@run");
    String run = "//execution[id='run']/configuration";
    assertThat(one(run + "/arguments/argument")).endsWith("/src/main/scripts/tomcat.sh");
    assertThat(one(run + "/environmentVariables/FLOWFI_SECURED")).isEqualTo("${" + property + "}");
    List<String> passed = all(run + "/environmentVariables/*");
    assertThat(passed).contains("${flowfi.classes}", "${java.home}");
    String script = Files.readString(Path.of("src/main/scripts/tomcat.sh"));
    Matcher needed = Pattern.compile("\\$\\{?((?:FLOWFI|JAVA|CATALINA)_[A-Z]+)").matcher(script);
    Set<String> given = names(run + "/environmentVariables/*");
    assertThat(needed.results().map(result -> result.group(1)))
        .contains("FLOWFI_SECURED", "FLOWFI_CLASSES")
        .allMatch(name -> given.contains(name) || isOptional(script, name));
  }

  /** {@code TryChainIT} and {@code TryClusterIT} start the classes the same way. */
  @ParameterizedTest
  @ValueSource(strings = {"cluster", "chain"})
  void shouldStartTheProgramOfAProfileThatIsThereToTry(String profile) throws Exception {
    String own = "/project/profiles/profile[id='" + profile + "']";
    Method main =
        Class.forName(one(own + "/properties/flowfi.try"))
            .getDeclaredMethod("main", String[].class);
    assertThat(main.getModifiers()).isEqualTo(Modifier.PUBLIC | Modifier.STATIC);
    assertThat(one(own + "/build/defaultGoal"))
        .as("the tests' classes, the WAR and Tomcat before it")
        .isEqualTo("test-compile war:war@default-war dependency:unpack@tomcat exec:exec@try");
    String started = "//execution[id='try']/configuration";
    assertThat(one(started + "/classpathScope")).isEqualTo("test");
    assertThat(one(started + "/executable")).isEqualTo("${java.home}/bin/java");
    assertThat(all(started + "/arguments/*"))
        .startsWith("-classpath", "")
        .endsWith("${flowfi.try}")
        .contains(
            "-Dflowfi.basedir=${project.basedir}",
            "-Dflowfi.war=${project.build.directory}/${project.build.finalName}.war",
            "-Dflowfi.tomcat.home=${tomcat.home}",
            "-Dflowfi.chain.rate=${flowfi.chain.rate}");
    assertThat(nodes(started + "/arguments/*").get(1).getNodeName()).isEqualTo("classpath");
    assertThat(one("/project/properties/flowfi.chain.rate")).containsOnlyDigits();
  }

  /** Has a value of its own in the script where it is not set. */
  private static boolean isOptional(String script, String name) {
    return script.contains("${" + name + ":-");
  }

  private Set<String> names(String expression) throws XPathExpressionException {
    return nodes(expression).stream().map(Node::getNodeName).collect(Collectors.toSet());
  }
}
