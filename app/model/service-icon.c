/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/service-icon.h"

#include <glib/gi18n.h>
#include <string.h>

/* More words no service has in its name. */
#define MAX_WORDS           12
/* A shorter name is a service's only where it stands alone: "ING", but not "ing Systems". */
#define MIN_BEGINNING_BYTES 5
/* "Volksbank", "Commerzbank"; but "Bank" is in the table. */
#define MIN_BANK_BYTES      6

/* Services, each name in small letters and digits without what stands between; and words that tell
 * by themselves, wherever they stand. */
static const struct
{
  const char *name;
  const char *title;
  const char *services;
  const char *words;
} icons[] = {
  /* clang-format off */
  { "bank", N_ ("Bank"),
    "abnamro ally bankofamerica barclays bbva bnpparibas bunq capitalone charlesschwab "
    "chase citibank comdirect commerzbank consorsbank creditsuisse deutschebank dkb "
    "etrade fidelity hsbc ing ingdiba interactivebrokers intesasanpaolo lloyds monzo "
    "n26 natwest nordea postbank rabobank raiffeisen revolut robinhood santander "
    "scalablecapital schwab societegenerale sparkasse starling swissquote tangerine "
    "tdameritrade traderepublic ubs unicredit vanguard volksbank wellsfargo wise",
    "banca banco bank banking banque broker brokerage finance invest savings" },
  { "book", N_ ("Books and Science"),
    "ao3 archiveofourown arxiv confluence elsevier gitbook goodreads jstor kindle libby "
    "mendeley orcid overleaf readthedocs researchgate scribd wattpad wikimedia "
    "wikipedia zotero",
    "bibliothek books library" },
  { "car", N_ ("Car and Rail"),
    "amtrak bahn blablacar bmw bolt dbbahn deutschebahn ford grab lyft mercedesbenz sbb "
    "sixt sncf tesla toyota trenitalia uber volkswagen waze",
    "bus car cars rail railway taxi train" },
  { "card", N_ ("Payment"),
    "adyen americanexpress amex braintree cashapp gocardless klarna kofi liberapay "
    "mastercard mollie neteller patreon payback payoneer paypal quickbooks skrill "
    "square stripe sumup venmo visa worldpay xero",
    "billing kreditkarte pay payment payments" },
  { "chart", N_ ("Figures"),
    "adsense ahrefs datadog googleads googleanalytics grafana matomo mixpanel newrelic "
    "pagerduty plausible posthog powerbi semrush splunk tableau tradingview uptimerobot "
    "yahoofinance zabbix",
    "analytics monitoring statistics trading" },
  { "chat", N_ ("Chat"),
    "discord element freshdesk guilded intercom jabber line matrix mattermost "
    "microsoftteams rocketchat signal skype slack teams telegram threema twilio viber "
    "wechat whatsapp wire xmpp zendesk zulip",
    "chat helpdesk messenger support" },
  { "cloud", N_ ("Cloud"),
    "akamai alibabacloud amazonaws amazonwebservices aws azure backblaze cloudflare "
    "contabo digitalocean exoscale fastly flyio gandi gcp googlecloud heroku hetzner "
    "hetznercloud ibmcloud infomaniak ionos linode microsoftazure netlify openstack "
    "oraclecloud ovh ovhcloud rackspace render scaleway strato upcloud vercel vultr "
    "wasabi",
    "cloud hosting" },
  { "code", N_ ("Code"),
    "atlassian azuredevops bitbucket circleci codeberg codecov codesandbox cratesio "
    "debiansalsa docker dockerhub figshare forgejo freedesktopgitlab gitea github "
    "gitlab gnomegitlab hashicorp jenkins jetbrains jira launchpad npm npmjs nuget "
    "packagist phabricator postman pypi replit rubygems salsa sentry snyk sonarcloud "
    "sourceforge sourcehut stackoverflow terraformcloud travisci unity visualstudio",
    "code dev developer developers git registry repo software svn" },
  { "coin", N_ ("Crypto Coin"),
    "binance bitcoinde bitfinex bitmex bitpanda bitstamp bittrex bitvavo blockchaincom "
    "blockfi bybit coinbase coinex cryptocom deribit gateio gemini huobi kraken kucoin "
    "ledger mexc nicehash okx poloniex trezor",
    "bitcoin crypto ethereum monero wallet" },
  { "database", N_ ("Database"),
    "cockroachlabs databricks elastic elasticcloud firebase influxdata influxdb mongodb "
    "mongodbatlas mysql neo4j oracle planetscale postgresql redis snowflake supabase",
    "database db sql" },
  { "design", N_ ("Design"),
    "affinity artstation autodesk behance blender canva deviantart dribbble figma "
    "fusion360 invision onshape penpot sketch solidworks thingiverse",
    "design" },
  { "energy", N_ ("Energy"),
    "britishgas edf enbw enel engie enphase eon iberdrola nationalgrid octopusenergy "
    "rwe solaredge sunpower vattenfall",
    "electric energie energy power solar strom" },
  { "food", N_ ("Food"),
    "deliveroo doordash foodpanda glovo grubhub hellofresh instacart justeat lieferando "
    "mcdonalds opentable starbucks ubereats wolt",
    "food pizza restaurant" },
  { "game", N_ ("Game"),
    "arenanet battlenet bethesda blizzard chesscom ea electronicarts epic epicgames "
    "eveonline faceit finalfantasyxiv gog guildwars2 hoyoverse humblebundle itchio "
    "jagex lichess mihoyo minecraft mojang nintendo playstation psn riotgames roblox "
    "rockstargames runescape sonyplaystation squareenix starcitizen steam twitch "
    "ubisoft wargaming xbox",
    "game games gaming" },
  { "government", N_ ("Government"),
    "agenciatributaria bundid cra digid dvla elster eulogin europa franceconnect gckey "
    "govbr govuk hmrc idaustria irs itsme logingov mygov mygovid servicecanada "
    "socialsecurity spid ssa uidai usajobs uscis",
    "council embassy gov government ministry municipality steuer tax taxes" },
  { "health", N_ ("Health"),
    "23andme aok barmer cigna doctolib fitbit garmin kaiserpermanente mychart "
    "myfitnesspal peloton strava techniker tk unitedhealthcare withings zocdoc",
    "apotheke clinic doctor gesundheit health hospital klinik krankenkasse medical "
    "pharmacy" },
  { "home", N_ ("Home"),
    "airthings arlo avm blink ecobee eufy fritzbox googlenest homeassistant myfritz "
    "nest philipshue ring shelly smartthings tado tuya wyze",
    "home smarthome" },
  { "identity", N_ ("Identity"),
    "activedirectory adobe adobeid apple appleid auth0 authelia authentik azuread duo "
    "entra entraid firefox firefoxaccounts forgerock google huawei icloud idme "
    "jumpcloud kanidm keycloak microsoft microsoftaccount microsoftentra mozilla "
    "mozillaaccount okta onelogin pingidentity proton rsa samsung samsungaccount xiaomi "
    "yubico zitadel",
    "account identity konto ldap login saml sso" },
  { "insurance", N_ ("Insurance"),
    "aflac allianz aviva axa debeka ergo geico generali hukcoburg lemonade metlife "
    "progressive signaliduna statefarm usaa zurich",
    "assurance insurance versicherung" },
  { "mail", N_ ("Mail"),
    "addy aol brevo fastmail freenet gmail gmx hotmail icloudmail laposte mailboxorg "
    "mailchimp mailfence mailgun mailru migadu outlook posteo postmark protonmail "
    "runbox sendgrid simplelogin startmail tonline tuta tutanota webde yahoo yahoomail "
    "yandex yandexmail zoho zohomail",
    "email exchange imap mail mailserver postfix smtp webmail" },
  { "music", N_ ("Music"),
    "applemusic audible bandcamp deezer distrokid lastfm pandora qobuz soundcloud "
    "spotify tidal",
    "music radio" },
  { "network", N_ ("Network"),
    "adguard apnic arin aruba cisco ciscomeraki juniper meraki mikrotik netgear nextdns "
    "omada openwrt opnsense pfsense pihole ripe ripencc starlink tplink ubiquiti ui "
    "unifi",
    "firewall network router switch wifi wlan" },
  { "news", N_ ("News"),
    "economist faz feedly ghost guardian inoreader lwn medium newyorktimes nytimes "
    "spiegel substack theguardian wallstreetjournal washingtonpost",
    "news times zeitung" },
  { "passwords", N_ ("Passwords"),
    "1password bitwarden dashlane enpass keepass keepassxc keeper lastpass nordpass "
    "padloc passbolt protonpass psono roboform vaultwarden",
    "password passwords vault" },
  { "phone", N_ ("Phone"),
    "11 1und1 att bt comcast deutschetelekom ee freemobile googlefi googlevoice o2 "
    "orange ringcentral sfr sipgate skypeout sunrise swisscom telefonica telekom "
    "tmobile verizon vodafone voipms xfinity",
    "mobil mobile phone sip telecom voip" },
  { "photo", N_ ("Photo"),
    "500px ente entephotos flickr googlephotos imgur immich photoprism ringcamera "
    "shutterstock smugmug unsplash",
    "camera foto fotos photo photos" },
  { "printing", N_ ("Printing"),
    "brother canon epson hp hpsmart octoprint papercut printful prusa prusaconnect "
    "ultimaker vistaprint",
    "print printer printing" },
  { "school", N_ ("School"),
    "blackboard brilliant canvas codecademy coursera datacamp duolingo edx "
    "googleclassroom instructure khanacademy moodle pluralsight skillshare udacity "
    "udemy",
    "academy campus college school schule student uni universidad universitaet "
    "universitat universite university" },
  { "security", N_ ("Security"),
    "avast bitdefender bugcrowd crowdstrike digicert eset hackerone haveibeenpwned "
    "kaspersky letsencrypt malwarebytes mcafee norton qualys sectigo sophos tenable "
    "virustotal wordfence",
    "antivirus security" },
  { "server", N_ ("Server"),
    "anydesk archlinux awstransfer awstransferfamily canonical cockpit cyberpanel "
    "debian directadmin esxi fedora freenas goanywhere guacamole ispconfig mft moveit "
    "openmediavault opensuse portainer proxmox qnap redhat rustdesk sftpgo suse "
    "synology teamviewer teleport transferfamily truenas ubuntu ubuntuone unraid vmware "
    "vsphere webmin",
    "bastion ftp gateway host jump jumphost linux nas root server sftp ssh transfer vps" },
  { "shop", N_ ("Shop"),
    "alibaba aliexpress allegro amazon bestbuy bolcom ebay etsy gumroad ikea "
    "kleinanzeigen magento mercadolibre newegg otto prestashop rakuten shopify target "
    "walmart wayfair woocommerce zalando",
    "boutique market shop store" },
  { "social", N_ ("People"),
    "bluesky buffer bumble diaspora discourse facebook friendica hackernews hootsuite "
    "instagram lemmy linkedin mastodon meetup meta nextdoor okcupid pinterest pixelfed "
    "quora reddit snapchat threads tiktok tinder tumblr twitter vk weibo x xing",
    "community forum social" },
  { "storage", N_ ("Storage"),
    "borgbase box carbonite dropbox egnyte filen googledrive icedrive idrive internxt "
    "koofr mega minio nextcloud onedrive owncloud pcloud protondrive restic rsyncnet "
    "seafile sharefile spideroak synccom tresorit wetransfer",
    "backup drive files storage" },
  { "travel", N_ ("Travel"),
    "airbnb aircanada airfrance booking bookingcom britishairways delta easyjet "
    "emirates expedia hilton hotelscom kayak klm lufthansa marriott ryanair tripadvisor "
    "unitedairlines",
    "airline airlines airways flights hotel hotels reisen travel" },
  { "video", N_ ("Video"),
    "bilibili dailymotion disney disneyplus emby googlemeet hulu jellyfin jitsi nebula "
    "netflix odysee peertube plex primevideo rumble vimeo webex youtube zoom",
    "meeting tv video" },
  { "vpn", N_ ("VPN"),
    "airvpn anyconnect ciscoanyconnect cyberghost expressvpn forticlient fortinet "
    "globalprotect ivpn mullvad netbird netmotion nordvpn openvpn pritunl "
    "privateinternetaccess protonvpn pulsesecure surfshark tailscale windscribe "
    "wireguard zerotier",
    "tunnel vpn" },
  { "web", N_ ("Website"),
    "allinkl cpanel desec dnsimple drupal dyn dynadot easydns eurodns godaddy henet "
    "hover internetarchive inwx joker joomla namecheap namecom netcup noip onecom "
    "opensrs plesk porkbun registrobr squarespace strapi webflow wix wordpress",
    "blog dns domain domains wiki www" },
  { "work", N_ ("Work"),
    "adp airtable asana bamboohr basecamp clickup coda datev docusign evernote fiverr "
    "freelancer freshbooks googleworkspace greenhouse gusto hubspot indeed lexoffice "
    "linear microsoft365 microsoftoffice miro monday mondaycom notion odoo office "
    "office365 personio salesforce sap servicenow smartsheet todoist trello upwork "
    "workday zapier",
    "crm erp hr intranet office payroll work" },
  /* clang-format on */
};

typedef struct
{
  GHashTable *services; /* (element-type utf8 utf8) to the name of the icon */
  GHashTable *words;
} Tables;

static void
fill (GHashTable *table, const char *names, const char *icon)
{
  g_auto (GStrv) parts = g_strsplit (names, " ", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      gboolean is_new = g_hash_table_insert (table, g_strdup (parts[i]), (gpointer) icon);

      g_assert (is_new);
    }
}

/* Made once, for as long as the program runs. */
static const Tables *
get_tables (void)
{
  static Tables *tables;

  if (g_once_init_enter_pointer (&tables))
    {
      Tables *made = g_new (Tables, 1);

      made->services = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      made->words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      for (guint i = 0; i < G_N_ELEMENTS (icons); i++)
        {
          fill (made->services, icons[i].services, icons[i].name);
          fill (made->words, icons[i].words, icons[i].name);
        }
      g_once_init_leave_pointer (&tables, made);
    }
  return tables;
}

/* Its words in small ASCII letters and digits: "Société Générale" is "societe", "generale". */
static GPtrArray *
split (const char *issuer)
{
  g_autofree char *ascii = g_str_to_ascii (issuer, "C");
  GPtrArray *parts = g_ptr_array_new_with_free_func (g_free);
  const char *begin = NULL;

  for (const char *c = ascii;; c++)
    {
      if (g_ascii_isalnum (*c))
        {
          if (begin == NULL)
            begin = c;
          continue;
        }
      if (begin != NULL && parts->len < MAX_WORDS)
        g_ptr_array_add (parts, g_ascii_strdown (begin, c - begin));
      begin = NULL;
      if (*c == '\0')
        return parts;
    }
}

/* The longest beginning that is a service: "Google Cloud (alice)" is not Google. */
static const char *
find_beginning (GPtrArray *parts)
{
  for (guint n = parts->len; n > 0; n--)
    {
      g_autoptr (GString) joined = g_string_new (NULL);
      const char *name;

      for (guint i = 0; i < n; i++)
        g_string_append (joined, parts->pdata[i]);
      name = g_hash_table_lookup (get_tables ()->services, joined->str);
      if (name != NULL && (n == parts->len || joined->len >= MIN_BEGINNING_BYTES))
        return name;
    }
  return NULL;
}

/* "aws.amazon.com", "gitlab.example.org": the first of its labels that is a service, but never the
 * last one. */
static const char *
find_in_host (const char *issuer, GPtrArray *parts)
{
  if (strchr (issuer, '.') == NULL || strpbrk (issuer, " \t") != NULL)
    return NULL;
  for (guint i = 0; i + 1 < parts->len; i++)
    {
      const char *name = g_hash_table_lookup (get_tables ()->services, parts->pdata[i]);

      if (name != NULL)
        return name;
    }
  return NULL;
}

static const char *
find_word (GPtrArray *parts)
{
  for (guint i = 0; i < parts->len; i++)
    {
      const char *part = parts->pdata[i];
      const char *name = g_hash_table_lookup (get_tables ()->words, part);

      if (name == NULL && strlen (part) >= MIN_BANK_BYTES && g_str_has_suffix (part, "bank"))
        name = "bank";
      if (name != NULL)
        return name;
    }
  return NULL;
}

const char *
sally_service_icon_find (const char *issuer)
{
  g_autoptr (GPtrArray) parts = NULL;
  const char *name;

  g_return_val_if_fail (issuer != NULL, NULL);

  parts = split (issuer);
  name = find_beginning (parts);
  if (name == NULL)
    name = find_in_host (issuer, parts);
  return name != NULL ? name : find_word (parts);
}

const char *const *
sally_service_icon_list (void)
{
  static const char *names[G_N_ELEMENTS (icons) + 1];

  for (guint i = 0; i < G_N_ELEMENTS (icons); i++)
    names[i] = icons[i].name;
  return names;
}

const char *
sally_service_icon_get_title (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (icons); i++)
    if (g_str_equal (icons[i].name, name))
      return _ (icons[i].title);
  return NULL;
}

gboolean
sally_service_icon_is_choice (const char *choice)
{
  g_return_val_if_fail (choice != NULL, FALSE);

  return g_str_equal (choice, SALLY_SERVICE_ICON_AUTOMATIC) ||
         g_str_equal (choice, SALLY_SERVICE_ICON_LETTERS) ||
         sally_service_icon_get_title (choice) != NULL;
}

const char *
sally_service_icon_choose (const char *choice, const char *issuer)
{
  g_return_val_if_fail (choice != NULL && issuer != NULL, NULL);

  if (g_str_equal (choice, SALLY_SERVICE_ICON_LETTERS))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (icons); i++)
    if (g_str_equal (icons[i].name, choice))
      return icons[i].name;
  return sally_service_icon_find (issuer);
}
