"""What gunicorn keeps to, wherever it is started from: it reads this file by itself. Its options say the rest.

https://docs.gunicorn.org/en/stable/settings.html
"""

# what a browser needs, and no more
limit_request_line = 4094
limit_request_fields = 50
limit_request_field_size = 8190

# a memo's PDF and an import take some seconds; who takes longer than the proxy waits for is stopped
timeout = 60
graceful_timeout = 30
keepalive = 5

# the socket would lie in the home folder, shared by all portals of this user
control_socket_disable = True

# the portal writes a line for each request itself, without secret addresses
accesslog = None
