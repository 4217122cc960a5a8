import java.lang.reflect.Field;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;

/** DynamoDB Local listens on every interface and has no option against it: here its connectors are bound to a free loopback port first. */
public final class OnLoopback {
  public static void main(String[] args) throws Exception {
    DynamoDBProxyServer proxy = ServerRunner.createServerFromCommandLineArgs(args);
    Field field = DynamoDBProxyServer.class.getDeclaredField("server");
    field.setAccessible(true);
    Connector[] connectors = ((Server) field.get(proxy)).getConnectors();
    for (Connector connector : connectors) {
      ((ServerConnector) connector).setHost("127.0.0.1");
      // Any free port: the command line refuses 0.
      ((ServerConnector) connector).setPort(0);
    }
    proxy.start();
    System.out.println("listening on " + ((ServerConnector) connectors[0]).getLocalPort());
    // Ends with the process that started it: its end of this pipe closes.
    while (System.in.read() >= 0) {}
    System.exit(0);
  }
}
