package io.flowfi.config;

import static io.flowfi.config.DeployFiles.KUBERNETES;
import static io.flowfi.config.DeployFiles.USER;
import static io.flowfi.config.DeployFiles.seconds;
import static io.flowfi.config.DeployFiles.writtenAndData;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The objects of {@code docs/deploy/kubernetes}, as far as they can be read without a cluster. */
class KubernetesFilesTest {
  private static final Map<String, Class<? extends HasMetadata>> KINDS =
      Stream.of(
              Namespace.class,
              ConfigMap.class,
              Service.class,
              StatefulSet.class,
              PodDisruptionBudget.class,
              HorizontalPodAutoscaler.class,
              NetworkPolicy.class,
              Ingress.class)
          .collect(Collectors.toMap(Class::getSimpleName, kind -> kind));

  /** The model keeps what it does not know; here it is a mistake. */
  private static final ObjectMapper STRICT =
      new ObjectMapper()
          .setAnnotationIntrospector(
              new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1;

                @Override
                public Boolean hasAnySetter(Annotated a) {
                  return false;
                }
              });

  @Test
  void shouldDescribeObjectsThatKubernetesKnows() throws IOException {
    List<HasMetadata> objects = objects();
    assertThat(objects).extracting(HasMetadata::getKind).containsAll(KINDS.keySet());
    for (HasMetadata object : objects) {
      assertThat(object.getApiVersion()).isEqualTo(HasMetadata.getApiVersion(object.getClass()));
    }
  }

  @Test
  void shouldRecogniseAMistake() {
    Map<String, Object> mistyped = Map.of("kind", "Service", "spec", Map.of("selektor", Map.of()));
    assertThatThrownBy(() -> STRICT.convertValue(mistyped, Service.class))
        .hasMessageContaining("selektor");
  }

  @Test
  void shouldRunThePodAsAUserWhoWritesOnlyWhereHeMay() throws IOException {
    assertThat(pod().getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod().getSecurityContext().getRunAsUser()).isEqualTo(USER);
    assertThat(pod().getSecurityContext().getRunAsGroup()).isEqualTo(USER);
    assertThat(pod().getSecurityContext().getFsGroup()).isEqualTo(USER);
    assertThat(pod().getSecurityContext().getSeccompProfile().getType())
        .isEqualTo("RuntimeDefault");
    assertThat(pod().getAutomountServiceAccountToken()).isFalse();
    SecurityContext rights = container().getSecurityContext();
    assertThat(rights.getReadOnlyRootFilesystem()).isTrue();
    assertThat(rights.getAllowPrivilegeEscalation()).isFalse();
    assertThat(rights.getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(container().getVolumeMounts())
        .extracting(VolumeMount::getMountPath)
        .containsExactlyInAnyOrderElementsOf(writtenAndData());
    assertThat(object(Namespace.class).getMetadata().getLabels())
        .containsEntry("pod-security.kubernetes.io/enforce", "restricted");
  }

  /** A node whose database is away must get no traffic, and not be restarted. */
  @Test
  void shouldProbeReadinessForTrafficAndLifeForRestarts() throws IOException {
    assertThat(asked(container().getLivenessProbe())).isEqualTo("http /health/live");
    assertThat(asked(container().getStartupProbe())).isEqualTo("http /health/live");
    assertThat(asked(container().getReadinessProbe())).isEqualTo("http /health/ready");
    assertThat(container().getPorts())
        .anyMatch(port -> port.getName().equals("http") && port.getContainerPort() == 3001);
    Map<String, String> settings = object(ConfigMap.class).getData();
    Probe ready = container().getReadinessProbe();
    assertThat(seconds(settings.get("DRAIN_DELAY")))
        .as("the probe notices that a node drains")
        .isGreaterThan(ready.getPeriodSeconds() * ready.getFailureThreshold());
  }

  private static String asked(Probe probe) {
    return probe.getHttpGet().getPort().getStrVal() + " " + probe.getHttpGet().getPath();
  }

  @Test
  void shouldTakeOneNodeAtATimeAndAddNodesByTheirStreams() throws IOException {
    StatefulSet nodes = object(StatefulSet.class);
    Map<String, String> labels = nodes.getSpec().getTemplate().getMetadata().getLabels();
    assertThat(labels).isNotEmpty();
    PodDisruptionBudget budget = object(PodDisruptionBudget.class);
    assertThat(budget.getSpec().getMaxUnavailable().getIntVal()).isEqualTo(1);
    assertThat(budget.getSpec().getSelector().getMatchLabels()).isEqualTo(labels);
    assertThat(nodes.getSpec().getSelector().getMatchLabels()).isEqualTo(labels);

    HorizontalPodAutoscaler scaler = object(HorizontalPodAutoscaler.class);
    assertThat(scaler.getSpec().getScaleTargetRef().getKind()).isEqualTo("StatefulSet");
    assertThat(scaler.getSpec().getScaleTargetRef().getName())
        .isEqualTo(nodes.getMetadata().getName());
    assertThat(scaler.getSpec().getMinReplicas()).isEqualTo(nodes.getSpec().getReplicas());
    List<String> metrics =
        scaler.getSpec().getMetrics().stream()
            .filter(metric -> metric.getType().equals("Pods"))
            .map(metric -> metric.getPods().getMetric().getName())
            .toList();
    assertThat(metrics).containsExactly("flowfi_connections");
    assertThat(Path.of("docs/operations/metrics.md")).content().contains("| `" + metrics.get(0));
  }

  /** ingress-nginx holds answers back, and ends those that are quiet for a minute. */
  @Test
  void shouldPassEventsOnAtOnceFromTheIngressToTheNodes() throws IOException {
    Ingress ingress = object(Ingress.class);
    String nginx = "nginx.ingress.kubernetes.io/";
    assertThat(ingress.getMetadata().getAnnotations())
        .containsEntry(nginx + "proxy-buffering", "off")
        .containsEntry(nginx + "proxy-read-timeout", "75");
    assertThat(ingress.getSpec().getTls()).hasSize(1);
    String name =
        ingress
            .getSpec()
            .getRules()
            .get(0)
            .getHttp()
            .getPaths()
            .get(0)
            .getBackend()
            .getService()
            .getName();
    Map<String, String> labels =
        object(StatefulSet.class).getSpec().getTemplate().getMetadata().getLabels();
    Service service =
        objects().stream()
            .filter(Service.class::isInstance)
            .map(Service.class::cast)
            .filter(one -> one.getMetadata().getName().equals(name))
            .findFirst()
            .orElseThrow();
    assertThat(service.getSpec().getSelector()).isEqualTo(labels);
    assertThat(service.getSpec().getPorts())
        .singleElement()
        .satisfies(
            port ->
                assertThat(port.getTargetPort().getStrVal())
                    .as("the figures have no port here")
                    .isEqualTo("http"));
  }

  /** Prometheus comes from another pod, and passwords from a secret. */
  @Test
  void shouldGiveANodeItsSecretsAndLetItsFiguresBeReached() throws IOException {
    assertThat(object(ConfigMap.class).getData())
        .containsEntry("METRICS_BIND", "0.0.0.0")
        .doesNotContainKeys(
            "JWT_SECRET", "JWT_SECRET_PREVIOUS", "DATABASE_URL", "SEP10_SIGNING_SEED");
    assertThat(container().getEnvFrom())
        .anyMatch(from -> from.getSecretRef() != null)
        .anyMatch(from -> from.getConfigMapRef() != null);
    assertThat(container().getEnv())
        .anyMatch(
            set -> set.getName().equals("NODE_URL") && set.getValue().contains("$(POD_IP):3001"));
  }

  @Test
  void shouldConnectOnlyThoseWhoMust() throws IOException {
    NetworkPolicy policy = object(NetworkPolicy.class);
    Map<String, String> labels =
        object(StatefulSet.class).getSpec().getTemplate().getMetadata().getLabels();
    assertThat(policy.getSpec().getPodSelector().getMatchLabels()).isEqualTo(labels);
    assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress", "Egress");
    int metricsPort = Integer.parseInt(object(ConfigMap.class).getData().get("METRICS_PORT"));
    Map<List<Integer>, NetworkPolicyIngressRule> in =
        policy.getSpec().getIngress().stream()
            .collect(Collectors.toMap(rule -> ports(rule.getPorts()), rule -> rule));
    assertThat(in.keySet()).containsExactlyInAnyOrder(List.of(3001), List.of(metricsPort));
    assertThat(in.get(List.of(3001)).getFrom())
        .hasSize(2)
        .anyMatch(from -> from.getNamespaceSelector() != null)
        .anyMatch(
            from ->
                from.getPodSelector() != null
                    && from.getPodSelector().getMatchLabels().equals(labels));
    assertThat(in.get(List.of(metricsPort)).getFrom())
        .singleElement()
        .satisfies(
            from ->
                assertThat(from.getNamespaceSelector().getMatchLabels())
                    .containsEntry("kubernetes.io/metadata.name", "monitoring"));
    assertThat(
            policy.getSpec().getEgress().stream()
                .map(NetworkPolicyEgressRule::getPorts)
                .map(KubernetesFilesTest::ports))
        .containsExactlyInAnyOrder(List.of(53, 53, 5432, 6379, 443), List.of(3001));
  }

  private static List<Integer> ports(List<NetworkPolicyPort> ports) {
    return ports.stream().map(port -> port.getPort().getIntVal()).toList();
  }

  private static List<HasMetadata> objects() throws IOException {
    List<HasMetadata> objects = new ArrayList<>();
    try (Reader text = Files.newBufferedReader(KUBERNETES)) {
      for (Object document : new Yaml().loadAll(text)) {
        objects.add(STRICT.convertValue(document, KINDS.get(((Map<?, ?>) document).get("kind"))));
      }
    }
    return objects;
  }

  /** The only one of its kind. */
  private static <T extends HasMetadata> T object(Class<T> kind) throws IOException {
    return objects().stream().filter(kind::isInstance).map(kind::cast).findFirst().orElseThrow();
  }

  private static PodSpec pod() throws IOException {
    return object(StatefulSet.class).getSpec().getTemplate().getSpec();
  }

  private static Container container() throws IOException {
    assertThat(pod().getContainers()).hasSize(1);
    return pod().getContainers().get(0);
  }
}
