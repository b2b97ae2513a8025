package io.flowfi.indexer.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.indexer.ChainSource;
import io.flowfi.payment.Address;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RpcSettingsTest {
  private static final Address CONTRACT = Address.parse("contract", PageJson.CONTRACT);

  @Test
  void shouldReadAddressesInTheirOrder() {
    assertThat(RpcSettings.parse("https://a.example/k%2Cey , HTTP://[::1]:8000?x=1"))
        .map(url -> url.uri().toString())
        .containsExactly("https://a.example/k%2Cey", "http://[::1]:8000/?x=1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "https://a.example,",
        "s3cret",
        "ftp://s3cret.example",
        "https://",
        "https:///s3cret",
        "https://a.example/#s3cret",
        "https://a.example:99999/s3cret",
        "https://a.example:0/s3cret",
        "https://a.example/s3 cret",
        "https://a.example/s3cret,https://a.example/s3cret"
      })
  void shouldRefuseWhatIsNoListOfAddressesAndNotShowIt(String list) {
    assertThatThrownBy(() -> RpcSettings.parse(list))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(RpcSettings.FORMS)
        .hasStackTraceContaining("RpcSettings")
        .satisfies(
            refused -> {
              for (Throwable e = refused; e != null; e = e.getCause()) {
                assertThat(e.getMessage()).doesNotContain("s3cret", "s3 cret");
              }
            });
  }

  @Test
  void shouldRefuseMoreAddressesThanItCanWatch() {
    assertThat(RpcSettings.parse(addresses(10))).hasSize(10);
    assertThatThrownBy(() -> RpcSettings.parse(addresses(11))).hasMessage(RpcSettings.FORMS);
  }

  private static String addresses(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "https://n" + i + ".example")
        .collect(Collectors.joining(","));
  }

  /** One provider may give each of its users a node of their own. */
  @Test
  void shouldTellAddressesOfTwoUsersApart() {
    assertThat(RpcSettings.parse("https://a:k1y@a.example,https://b:k2y@a.example"))
        .doesNotHaveDuplicates()
        .hasSize(2);
  }

  @Test
  void shouldRefuseWhatNoNodeCanBeCheckedAgainst() {
    List<RpcUrl> urls = RpcSettings.parse("https://a.example");
    assertThatThrownBy(() -> new RpcSettings(List.of(), "x", CONTRACT))
        .hasMessage(RpcSettings.FORMS);
    assertThatThrownBy(() -> new RpcSettings(urls, " ", CONTRACT))
        .hasMessageContaining("its passphrase");
  }

  @Test
  void shouldNameSourcesApartWithoutTheirKeys() {
    RpcSettings settings =
        new RpcSettings(
            RpcSettings.parse("https://a.example/k1y,https://b.example,https://u:p@a.example/k2y"),
            "Test SDF Network ; September 2015",
            CONTRACT);
    List<ChainSource> sources = settings.sources(InstantSource.system());
    assertThat(sources)
        .map(ChainSource::name)
        .containsExactly("https://a.example (1)", "https://b.example", "https://a.example (3)");
    assertThat(settings.toString()).doesNotContain("k1y", "k2y", "u:p");
    sources.forEach(ChainSource::close);
  }

  @Test
  void shouldRefuseAnAccountInPlaceOfAContract() {
    Address account =
        Address.parse("a", "GAAZI4TCR3TY5OJHCTJC2A4QSY6CJWJH5IAJTGKIN2ER7LBNVKOCCWN7");
    List<RpcUrl> urls = RpcSettings.parse("https://a.example");
    assertThatThrownBy(() -> new RpcSettings(urls, "x", account))
        .hasMessageContaining("C... address");
  }
}
