# Varnish 7.1, behind hitch, which ends TLS (hitch.conf):
#   varnishd -a 127.0.0.1:6086,PROXY -f /etc/varnish/varnish.vcl -s malloc,64m
vcl 4.1;

backend flowfi {
  .host = "127.0.0.1";
  .port = "3001";
}

sub vcl_recv {
  # set, not added: clients write one of their own
  set req.http.X-Forwarded-For = client.ip;
  set req.http.X-Forwarded-Proto = "https";
  if (req.url ~ "^(/v1)?/events/subscribe") {
    # else each stream ends after ten minutes, and the places of clients that left are freed late
    return (pipe);
  }
  return (pass);
}

sub vcl_pipe {
  set bereq.http.Connection = "close";
}
