package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.io.TemporaryFilesystem;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** One headless Chromium with a fresh profile. Elements are found by their {@code data-testid}. */
final class Browser implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  private final File profile;
  private final ChromeDriver driver;

  private Browser(File profile, ChromeDriver driver) {
    this.profile = profile;
    this.driver = driver;
  }

  /** Whether there is a browser here to run the tests in. */
  static boolean isInstalled() {
    return Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER);
  }

  /** With a profile of its own, which is deleted with it. */
  static Browser start() {
    File profile = TemporaryFilesystem.getDefaultTmpFS().createTempDir("flowfi-", "-chromium");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.toFile());
    options.setCapability("goog:loggingPrefs", logs);
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1440,1200",
        "--user-data-dir=" + profile);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(DRIVER.toFile())
            .usingAnyFreePort()
            .build();
    return new Browser(profile, new ChromeDriver(service, options));
  }

  void open(URI page) {
    driver.get(page.toString());
  }

  /** Sets the width and height of the window and the colour scheme the system asks for. */
  void look(int width, int height, String scheme) {
    driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    driver.manage().window().setSize(new Dimension(width, height));
    prefer(scheme);
  }

  /** A phone, which is narrower than any window. */
  void lookOnAPhone(String scheme) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", 360, "height", 780, "deviceScaleFactor", 1, "mobile", false));
    prefer(scheme);
  }

  /** Sets the colour scheme the system asks for. */
  void prefer(String scheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** Does something in a second tab, and closes it. */
  void inAnotherTab(URI page, Runnable what) {
    String first = driver.getWindowHandle();
    driver.switchTo().newWindow(WindowType.TAB);
    driver.get(page.toString());
    what.run();
    driver.close();
    driver.switchTo().window(first);
  }

  /** Opens a page in another tab, which is the current one then; returns its handle. */
  String newTab(URI page) {
    driver.switchTo().newWindow(WindowType.TAB);
    driver.get(page.toString());
    return driver.getWindowHandle();
  }

  /** The handle of the current tab. */
  String tab() {
    return driver.getWindowHandle();
  }

  void switchTo(String tab) {
    driver.switchTo().window(tab);
  }

  /** Closes a tab that is not the only one. */
  void closeTab(String tab) {
    driver.switchTo().window(tab);
    driver.close();
    driver.switchTo().window(driver.getWindowHandles().iterator().next());
  }

  /** Its port for developers: for what the driver cannot do. */
  DevTools devTools() {
    Object chrome = driver.getCapabilities().getCapability("goog:chromeOptions");
    return new DevTools((String) ((Map<?, ?>) chrome).get("debuggerAddress"));
  }

  /** Loads the page of the current tab again. */
  void reload() {
    driver.navigate().refresh();
  }

  /** Freezes the current tab as browsers do with hidden ones, or wakes it. */
  void freeze(boolean frozen) {
    driver.executeCdpCommand(
        "Page.setWebLifecycleState", Map.of("state", frozen ? "frozen" : "active"));
  }

  /** Takes the network away from the page, or returns it, like pulling the cable. */
  void offline(boolean offline) {
    driver.executeCdpCommand("Network.enable", Map.of());
    driver.executeCdpCommand(
        "Network.emulateNetworkConditions",
        Map.of("offline", offline, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
  }

  WebElement find(String testId) {
    return driver.findElement(byTestId(testId));
  }

  List<WebElement> findAll(String testId) {
    return driver.findElements(byTestId(testId));
  }

  int count(By elements) {
    return driver.findElements(elements).size();
  }

  static By byTestId(String testId) {
    return By.cssSelector("[data-testid='" + testId + "']");
  }

  String text(String testId) {
    return find(testId).getText();
  }

  void click(String testId) {
    find(testId).click();
  }

  void type(String testId, String text) {
    WebElement input = find(testId);
    input.clear();
    input.sendKeys(text);
  }

  void awaitText(String testId, String expected) {
    awaitText(testId, text -> text.equals(expected), expected);
  }

  void awaitText(String testId, Predicate<String> expected, String description) {
    await(testId + " to be " + description)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(text(testId)).matches(expected, description));
  }

  /** The row of the event whose command had this reference, once it is on the page. */
  WebElement awaitEvent(String reference) {
    By row = By.cssSelector("[data-testid='event-row'][data-reference='" + reference + "']");
    await("event " + reference).atMost(PATIENCE).until(() -> !driver.findElements(row).isEmpty());
    return driver.findElement(row);
  }

  /** The references of the events on the page, newest first, without those that have none. */
  @SuppressWarnings("unchecked")
  List<String> references() {
    return (List<String>)
        driver.executeScript(
            "return [...document.querySelectorAll('[data-testid=event-row]')]"
                + ".map(row => row.dataset.reference).filter(Boolean)");
  }

  /** Presses the mouse there, and holds it. */
  void pressDown(WebElement element) {
    new Actions(driver).clickAndHold(element).perform();
  }

  /** Presses a key and holds it, until {@link #letGo(Keys)}. */
  void pressDown(Keys key) {
    new Actions(driver).keyDown(key).perform();
  }

  void letGo(Keys key) {
    new Actions(driver).keyUp(key).perform();
  }

  /** Releases the mouse where it is. */
  void letGo() {
    new Actions(driver).release().perform();
  }

  /** Presses keys, as somebody does who has no mouse: they go to what has the focus. */
  void press(CharSequence keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  /** Goes to a button that works and presses Enter there, and returns when that was drawn. */
  void pressEnterAt(WebElement button) {
    run("arguments[0].focus()", button);
    press(Keys.ENTER);
    run(
        "return new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => drawn())))");
  }

  /** What has the focus; the body, if nothing has. */
  WebElement focused() {
    return driver.switchTo().activeElement();
  }

  /** From now on the page's requests wait before they are sent. */
  void holdRequests() {
    run(
        "const ask = window.fetch; const held = []; window.fetch = (...request) => new Promise(go => held.push(go))"
            + ".then(() => ask(...request)); window.releaseRequests = () => { window.fetch = ask; held.forEach(go => go()); }");
  }

  void releaseRequests() {
    run("releaseRequests()");
  }

  /** The same with Shift held down. */
  void pressWithShift(CharSequence keys) {
    new Actions(driver).keyDown(Keys.SHIFT).sendKeys(keys).keyUp(Keys.SHIFT).perform();
  }

  Object run(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** The page's console output since the last call, from warnings on. */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }

  void screenshot(String name) {
    picture(SCREENSHOTS.resolve(name + ".png"));
  }

  /** Writes what the window shows as a PNG. */
  void picture(Path file) {
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      driver.quit();
    } finally {
      TemporaryFilesystem.getDefaultTmpFS().deleteTempDir(profile);
    }
  }
}
