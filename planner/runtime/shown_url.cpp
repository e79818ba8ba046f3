#include "planner/runtime/shown_url.hpp"

namespace nmx {

std::string shown_url(std::string_view url) {
  url = url.substr(0, url.find('?'));
  const auto scheme = url.find("://");
  const auto host = scheme == std::string_view::npos ? 0 : scheme + 3;
  const auto login = url.substr(host, url.find('/', host) - host).rfind('@');
  std::string shown(url.substr(0, host));
  shown += url.substr(login == std::string_view::npos ? host : host + login + 1);
  return shown;
}

}  // namespace nmx
