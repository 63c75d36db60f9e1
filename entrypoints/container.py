"""Which adapter answers which port; nothing else decides that.

``Core`` builds the use cases on whatever ports it is given; ``OnPostgres`` and ``InMemory`` give it theirs.
"""

import os
from collections.abc import Callable
from typing import Any

from dependency_injector import containers, providers

from meta_inbox.adapters.http.event_bodies import JsonEventBodies
from meta_inbox.adapters.http.media_urls import MediaUrls
from meta_inbox.adapters.meta_graph.actions import HttpGraphActions
from meta_inbox.adapters.meta_graph.calls import GraphCalls, MetaApp
from meta_inbox.adapters.meta_graph.client import HttpGraphApi
from meta_inbox.adapters.meta_graph.fake import FakeGraphApi, FakeInstagramLogin, FakeMetaLogin
from meta_inbox.adapters.meta_graph.login import HttpMetaLogin
from meta_inbox.adapters.meta_graph.login_instagram import HttpInstagramLogin
from meta_inbox.adapters.meta_graph.media_fetch import MediaFetcher
from meta_inbox.adapters.meta_graph.media_in_process import FakeMediaSource
from meta_inbox.adapters.meta_graph.media_source import MetaMediaSource
from meta_inbox.adapters.meta_graph.messenger_profile import HttpMessengerProfiles
from meta_inbox.adapters.meta_graph.meter import Meter
from meta_inbox.adapters.meta_graph.reader import MsgspecWebhookReader
from meta_inbox.adapters.meta_graph.redaction import without
from meta_inbox.adapters.meta_graph.redaction_of_contacts import without_contact
from meta_inbox.adapters.meta_graph.signature import HmacSignatures
from meta_inbox.adapters.meta_graph.transport import HttpTransport
from meta_inbox.adapters.meta_graph.upload_kind import SniffedKinds
from meta_inbox.adapters.outgoing.fake import FakeWebhookPoster
from meta_inbox.adapters.outgoing.poster import HttpWebhookPoster
from meta_inbox.adapters.persistence.blob_files import FileBlobs
from meta_inbox.adapters.persistence.blob_memory import MemoryBlobs
from meta_inbox.adapters.persistence.blob_objects import ObjectBlobs
from meta_inbox.adapters.persistence.database import Database
from meta_inbox.adapters.persistence.in_memory import InMemoryStore
from meta_inbox.adapters.persistence.in_memory_account_care import InMemoryAccountCare
from meta_inbox.adapters.persistence.in_memory_account_pictures import InMemoryAccountPictures
from meta_inbox.adapters.persistence.in_memory_accounts import InMemoryAccounts
from meta_inbox.adapters.persistence.in_memory_canned_replies import InMemoryCannedReplies
from meta_inbox.adapters.persistence.in_memory_consumers import InMemoryConsumers
from meta_inbox.adapters.persistence.in_memory_conversations import InMemoryConversations
from meta_inbox.adapters.persistence.in_memory_dead_letters import InMemoryDeadLetters
from meta_inbox.adapters.persistence.in_memory_deletions import InMemoryDeletions
from meta_inbox.adapters.persistence.in_memory_event_log import InMemoryEventLog
from meta_inbox.adapters.persistence.in_memory_histories import InMemoryHistories
from meta_inbox.adapters.persistence.in_memory_journal import InMemoryJournal
from meta_inbox.adapters.persistence.in_memory_live_tickets import InMemoryLiveTickets
from meta_inbox.adapters.persistence.in_memory_media import InMemoryMedia
from meta_inbox.adapters.persistence.in_memory_media_rows import MediaTable
from meta_inbox.adapters.persistence.in_memory_outbox import InMemoryOutbox
from meta_inbox.adapters.persistence.in_memory_outcomes import InMemoryOutcomes
from meta_inbox.adapters.persistence.in_memory_states import InMemoryOAuthStates
from meta_inbox.adapters.persistence.in_memory_uploads import InMemoryUploads
from meta_inbox.adapters.persistence.in_memory_webhook_deliveries import InMemoryWebhookDeliveries
from meta_inbox.adapters.persistence.in_memory_webhook_endpoints import InMemoryWebhookEndpoints
from meta_inbox.adapters.persistence.in_memory_webhook_queue import InMemoryWebhookQueue
from meta_inbox.adapters.persistence.postgres_account_care import PostgresAccountCare
from meta_inbox.adapters.persistence.postgres_account_pictures import PostgresAccountPictures
from meta_inbox.adapters.persistence.postgres_accounts import PostgresAccounts
from meta_inbox.adapters.persistence.postgres_canned_replies import PostgresCannedReplies
from meta_inbox.adapters.persistence.postgres_consumers import PostgresConsumers
from meta_inbox.adapters.persistence.postgres_conversations import PostgresConversations
from meta_inbox.adapters.persistence.postgres_dead_letters import PostgresDeadLetters
from meta_inbox.adapters.persistence.postgres_deletions import PostgresDeletions
from meta_inbox.adapters.persistence.postgres_event_log import PostgresEventLog
from meta_inbox.adapters.persistence.postgres_histories import PostgresHistories
from meta_inbox.adapters.persistence.postgres_inspection import PostgresInspection
from meta_inbox.adapters.persistence.postgres_journal import PostgresJournal
from meta_inbox.adapters.persistence.postgres_key_custody import PostgresKeyCustody
from meta_inbox.adapters.persistence.postgres_live_tickets import PostgresLiveTickets
from meta_inbox.adapters.persistence.postgres_media import PostgresMedia
from meta_inbox.adapters.persistence.postgres_outbox import PostgresOutbox
from meta_inbox.adapters.persistence.postgres_outcomes import PostgresOutcomes
from meta_inbox.adapters.persistence.postgres_states import PostgresOAuthStates
from meta_inbox.adapters.persistence.postgres_uploads import PostgresUploads
from meta_inbox.adapters.persistence.postgres_webhook_deliveries import PostgresWebhookDeliveries
from meta_inbox.adapters.persistence.postgres_webhook_endpoints import PostgresWebhookEndpoints
from meta_inbox.adapters.persistence.postgres_webhook_queue import PostgresWebhookQueue
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.adapters.persistence.time_and_ids import SystemClock, UuidV7Ids
from meta_inbox.adapters.text.graphemes import graphemes
from meta_inbox.domain.inbox import Inbox, Upkeep
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.ports import Blobs, MetaLogin
from meta_inbox.domain.use_cases.change_canned_reply import ChangeCannedReply
from meta_inbox.domain.use_cases.check_health import CheckHealth
from meta_inbox.domain.use_cases.check_message import CheckMessage
from meta_inbox.domain.use_cases.connect_account import ConnectAccount
from meta_inbox.domain.use_cases.control_thread import ControlThread
from meta_inbox.domain.use_cases.create_canned_reply import CreateCannedReply
from meta_inbox.domain.use_cases.create_webhook_endpoint import CreateWebhookEndpoint
from meta_inbox.domain.use_cases.delete_canned_reply import DeleteCannedReply
from meta_inbox.domain.use_cases.delete_contact import DeleteContact, FinishDeletions
from meta_inbox.domain.use_cases.delete_webhook_endpoint import DeleteWebhookEndpoint
from meta_inbox.domain.use_cases.deliver import Deliver
from meta_inbox.domain.use_cases.discard_dead_letters import DiscardDeadLetters
from meta_inbox.domain.use_cases.discard_uploads import DiscardUploads
from meta_inbox.domain.use_cases.disconnect_account import DisconnectAccount
from meta_inbox.domain.use_cases.fetch_account_pictures import FetchAccountPictures
from meta_inbox.domain.use_cases.fetch_media import FetchMedia
from meta_inbox.domain.use_cases.fetch_profiles import FetchProfiles
from meta_inbox.domain.use_cases.forget_person import ForgetPerson
from meta_inbox.domain.use_cases.get_conversation import GetConversation
from meta_inbox.domain.use_cases.get_messenger_profile import GetMessengerProfile
from meta_inbox.domain.use_cases.give_up_waiting import GiveUpWaiting
from meta_inbox.domain.use_cases.hand_over_files import HandOverFiles
from meta_inbox.domain.use_cases.hide_comment import HideComment
from meta_inbox.domain.use_cases.keep_subscriptions import KeepSubscriptions
from meta_inbox.domain.use_cases.list_accounts import ListAccounts
from meta_inbox.domain.use_cases.list_canned_replies import ListCannedReplies
from meta_inbox.domain.use_cases.list_conversations import ListConversations
from meta_inbox.domain.use_cases.list_dead_letters import ListDeadLetters
from meta_inbox.domain.use_cases.list_messages import ListMessages
from meta_inbox.domain.use_cases.list_webhook_deliveries import ListWebhookDeliveries
from meta_inbox.domain.use_cases.list_webhook_endpoints import ListWebhookEndpoints
from meta_inbox.domain.use_cases.look_after_accounts import LookAfterAccounts
from meta_inbox.domain.use_cases.mark_read import MarkRead
from meta_inbox.domain.use_cases.open_live import OpenLive
from meta_inbox.domain.use_cases.open_media import OpenMedia
from meta_inbox.domain.use_cases.project_pending import ProjectPending
from meta_inbox.domain.use_cases.react_to_message import ReactToMessage
from meta_inbox.domain.use_cases.read_media import ReadMedia
from meta_inbox.domain.use_cases.receive_webhook_event import ReceiveWebhookEvent
from meta_inbox.domain.use_cases.redact_journal import RedactJournal
from meta_inbox.domain.use_cases.replay_dead_letters import ReplayDeadLetters
from meta_inbox.domain.use_cases.replay_webhook_deliveries import ReplayWebhookDeliveries
from meta_inbox.domain.use_cases.reply_to_comment import ReplyToComment
from meta_inbox.domain.use_cases.resend_message import ResendMessage
from meta_inbox.domain.use_cases.rotate_webhook_secret import RotateWebhookSecret
from meta_inbox.domain.use_cases.send_message import SendMessage
from meta_inbox.domain.use_cases.set_messenger_profile import SetMessengerProfile
from meta_inbox.domain.use_cases.settle_unknown import SettleUnknown
from meta_inbox.domain.use_cases.show_typing import ShowTyping
from meta_inbox.domain.use_cases.sync_history import SyncHistory
from meta_inbox.domain.use_cases.tell_endpoints import TellEndpoints
from meta_inbox.domain.use_cases.try_webhook_endpoint import TryWebhookEndpoint
from meta_inbox.domain.use_cases.update_webhook_endpoint import UpdateWebhookEndpoint
from meta_inbox.domain.use_cases.upload_media import UploadMedia
from meta_inbox.entrypoints.event_relay import EventRelay
from meta_inbox.entrypoints.settings import Settings, SettingsError
from meta_inbox.entrypoints.unforeseen import tell_unforeseen_attempt
from meta_inbox.entrypoints.wakeups import ProcessEventHints, ProcessWakeups


def key_ring(settings: Settings) -> KeyRing:
    """The keys that seal access tokens."""
    return KeyRing.parse(settings.meta_inbox_encryption_keys.reveal())


def media_urls(settings: Settings) -> MediaUrls:
    """What signs the addresses of files, the same way as the HTTP API does."""
    return MediaUrls(base_url=settings.base_url, keys=media_keys(settings))


def media_keys(settings: Settings) -> tuple[bytes, ...]:
    """The keys of those signatures: the first signs, all are taken."""
    return key_ring(settings).derived("media-url")


def blobs_of(settings: Settings) -> Blobs:
    """Where files are kept. SettingsError for an object store that cannot be used."""
    url = settings.meta_inbox_media_store
    if url is None:
        return FileBlobs(settings.meta_inbox_data_dir / "media")
    try:
        return ObjectBlobs.at(url, allow_http=os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://"))
    except ImportError:
        raise SettingsError(
            "META_INBOX_MEDIA_STORE names an object store: expects `pip install meta-inbox[s3]`"
        ) from None
    except ValueError:
        raise SettingsError(
            "META_INBOX_MEDIA_STORE cannot be used: expects the standard AWS_… variables beside it"
        ) from None


def _given() -> providers.Dependency[object]:
    """What whoever makes the container gives it."""
    return providers.Dependency()


def instagram_app_of(settings: Settings) -> MetaApp | None:
    """The app of Instagram Login, where one is configured."""
    app_id, secret = settings.meta_instagram_app_id, settings.meta_instagram_app_secret
    return None if app_id is None or secret is None else MetaApp(id=app_id, secret=secret)


def _logins(facebook: MetaLogin, instagram: Callable[..., MetaLogin], **given: Any) -> dict[Login, MetaLogin]:
    """The logins that are configured; ``given`` is what the second is made of, if its app is among it."""
    if given["app"] is None:
        return {Login.FACEBOOK: facebook}
    return {Login.FACEBOOK: facebook, Login.INSTAGRAM: instagram(**given)}


class Core(containers.DeclarativeContainer):
    """The use cases."""

    settings = providers.Dependency(instance_of=Settings)
    clock = _given()
    ids = _given()
    states = _given()
    accounts = _given()
    account_care = _given()
    account_pictures = _given()
    journal = _given()
    conversations = _given()
    outbox = _given()
    outcomes = _given()
    histories = _given()
    deletions = _given()
    logins = _given()
    graph = _given()
    actions = _given()
    profiles = _given()
    media = _given()
    blobs = _given()
    source = _given()
    uploads = _given()
    live_tickets = _given()
    events = _given()
    hints = _given()
    dead_letters = _given()
    canned_replies = _given()
    endpoints = _given()
    deliveries = _given()
    queue = _given()
    poster = _given()
    wakeups = _given()

    reader = providers.Singleton(
        MsgspecWebhookReader,
        own_apps=providers.List(settings.provided.meta_app_id, settings.provided.meta_instagram_app_id),
    )
    signatures = providers.Singleton(
        HmacSignatures,
        meta_secrets=providers.List(settings.provided.meta_app_secret),
        instagram_secret=settings.provided.meta_instagram_app_secret,
        verify_token=settings.provided.meta_webhook_verify_token,
    )
    hand_over_files = providers.Singleton(
        HandOverFiles, uploads=uploads, blobs=blobs, graph=graph, outbox=outbox
    )
    deliver = providers.Singleton(
        Deliver,
        outbox=outbox,
        accounts=accounts,
        conversations=conversations,
        graph=graph,
        files=hand_over_files,
        clock=clock,
    )
    keep_subscriptions = providers.Factory(KeepSubscriptions, accounts=accounts, graph=graph)
    project_pending = providers.Factory(ProjectPending, journal=journal, reader=reader)
    fetch_profiles = providers.Factory(
        FetchProfiles, accounts=accounts, conversations=conversations, graph=graph
    )
    read_media = providers.Factory(ReadMedia, accounts=accounts, media=media, source=source)
    stores_media = settings.provided.stores_media
    fetch_media = providers.Factory(
        FetchMedia, media=media, blobs=blobs, read=read_media, clock=clock, stores=stores_media
    )
    sync_history = providers.Factory(
        SyncHistory, histories=histories, accounts=accounts, graph=graph, clock=clock
    )
    bodies = providers.Singleton(
        JsonEventBodies,
        urls=providers.Singleton(media_urls, settings),
        clock=clock,
    )
    tell_endpoints = providers.Singleton(
        TellEndpoints,
        queue=queue,
        events=events,
        bodies=bodies,
        poster=poster,
        wakeups=wakeups,
        unforeseen=providers.Object(tell_unforeseen_attempt),
    )
    inbox = providers.Singleton(
        Inbox,
        connect_account=providers.Factory(
            ConnectAccount,
            states=states,
            accounts=accounts,
            logins=logins,
            subscriptions=keep_subscriptions,
            clock=clock,
            ids=ids,
        ),
        list_accounts=providers.Factory(ListAccounts, accounts=accounts, histories=histories, clock=clock),
        disconnect_account=providers.Factory(
            DisconnectAccount, accounts=accounts, subscriptions=keep_subscriptions
        ),
        forget_person=providers.Factory(ForgetPerson, accounts=accounts, signatures=signatures, clock=clock),
        check_health=providers.Factory(
            CheckHealth, accounts=accounts, histories=histories, graph=graph, clock=clock
        ),
        receive_webhook_event=providers.Factory(
            ReceiveWebhookEvent, signatures=signatures, reader=reader, journal=journal, clock=clock
        ),
        send_message=providers.Factory(
            SendMessage,
            accounts=accounts,
            conversations=conversations,
            outbox=outbox,
            uploads=uploads,
            dispatch=deliver,
            clock=clock,
            ids=ids,
            http_hosts=settings.provided.http_hosts,
            graphemes=providers.Object(graphemes),
        ),
        check_message=providers.Factory(
            CheckMessage,
            accounts=accounts,
            conversations=conversations,
            outcomes=outcomes,
            graph=graph,
            clock=clock,
        ),
        resend_message=providers.Factory(
            ResendMessage,
            accounts=accounts,
            conversations=conversations,
            outcomes=outcomes,
            dispatch=deliver,
            clock=clock,
            http_hosts=settings.provided.http_hosts,
        ),
        reply_to_comment=providers.Factory(
            ReplyToComment,
            accounts=accounts,
            conversations=conversations,
            outbox=outbox,
            dispatch=deliver,
            clock=clock,
            ids=ids,
        ),
        hide_comment=providers.Factory(
            HideComment, accounts=accounts, conversations=conversations, graph=graph, clock=clock
        ),
        list_conversations=providers.Factory(
            ListConversations, accounts=accounts, conversations=conversations
        ),
        get_conversation=providers.Factory(GetConversation, accounts=accounts, conversations=conversations),
        list_messages=providers.Factory(ListMessages, accounts=accounts, conversations=conversations),
        mark_read=providers.Factory(
            MarkRead, accounts=accounts, conversations=conversations, graph=graph, clock=clock
        ),
        delete_contact=providers.Factory(DeleteContact, deletions=deletions),
        show_typing=providers.Factory(
            ShowTyping, accounts=accounts, conversations=conversations, actions=actions, clock=clock
        ),
        react_to_message=providers.Factory(
            ReactToMessage, accounts=accounts, conversations=conversations, actions=actions, clock=clock
        ),
        control_thread=providers.Factory(
            ControlThread, accounts=accounts, conversations=conversations, actions=actions, clock=clock
        ),
        get_messenger_profile=providers.Factory(
            GetMessengerProfile, accounts=accounts, profiles=profiles, clock=clock
        ),
        set_messenger_profile=providers.Factory(
            SetMessengerProfile, accounts=accounts, profiles=profiles, clock=clock
        ),
        open_media=providers.Factory(
            OpenMedia, media=media, blobs=blobs, fetch=read_media, stores=stores_media
        ),
        open_live=providers.Factory(OpenLive, tickets=live_tickets),
        upload_media=providers.Factory(
            UploadMedia,
            uploads=uploads,
            blobs=blobs,
            kinds=providers.Factory(SniffedKinds),
            clock=clock,
            ids=ids,
        ),
        list_canned_replies=providers.Factory(ListCannedReplies, replies=canned_replies),
        create_canned_reply=providers.Factory(CreateCannedReply, replies=canned_replies, ids=ids),
        change_canned_reply=providers.Factory(ChangeCannedReply, replies=canned_replies),
        delete_canned_reply=providers.Factory(DeleteCannedReply, replies=canned_replies),
        dead_letters=providers.Factory(ListDeadLetters, letters=dead_letters),
        replay_dead_letters=providers.Factory(ReplayDeadLetters, letters=dead_letters),
        discard_dead_letters=providers.Factory(DiscardDeadLetters, letters=dead_letters),
        create_webhook_endpoint=providers.Factory(
            CreateWebhookEndpoint, endpoints=endpoints, poster=poster, clock=clock, ids=ids
        ),
        list_webhook_endpoints=providers.Factory(ListWebhookEndpoints, endpoints=endpoints),
        update_webhook_endpoint=providers.Factory(UpdateWebhookEndpoint, endpoints=endpoints, poster=poster),
        rotate_webhook_secret=providers.Factory(RotateWebhookSecret, endpoints=endpoints),
        delete_webhook_endpoint=providers.Factory(DeleteWebhookEndpoint, endpoints=endpoints),
        list_webhook_deliveries=providers.Factory(ListWebhookDeliveries, deliveries=deliveries),
        replay_webhook_deliveries=providers.Factory(
            ReplayWebhookDeliveries, endpoints=endpoints, deliveries=deliveries
        ),
        test_webhook_endpoint=providers.Singleton(
            TryWebhookEndpoint, endpoints=endpoints, poster=poster, bodies=bodies, clock=clock, ids=ids
        ),
        upkeep=providers.Factory(
            Upkeep,
            deliver=deliver,
            tell_endpoints=tell_endpoints,
            project_pending=project_pending,
            keep_subscriptions=keep_subscriptions,
            fetch_profiles=fetch_profiles,
            fetch_account_pictures=providers.Factory(
                FetchAccountPictures, accounts=accounts, pictures=account_pictures, graph=graph
            ),
            look_after_accounts=providers.Factory(
                LookAfterAccounts,
                accounts=accounts,
                care=account_care,
                histories=histories,
                graph=graph,
                clock=clock,
            ),
            redact_journal=providers.Factory(
                RedactJournal, journal=journal, without=providers.Object(without)
            ),
            fetch_media=fetch_media,
            discard_uploads=providers.Factory(DiscardUploads, uploads=uploads),
            sync_history=sync_history,
            settle_unknown=providers.Factory(
                SettleUnknown, outcomes=outcomes, accounts=accounts, graph=graph, clock=clock
            ),
            finish_deletions=providers.Factory(
                FinishDeletions, deletions=deletions, without=providers.Object(without_contact)
            ),
            give_up_waiting=providers.Factory(
                GiveUpWaiting, outbox=outbox, conversations=conversations, clock=clock
            ),
        ),
    )


class OnPostgres(containers.DeclarativeContainer):
    """The real parts."""

    settings = providers.Dependency(instance_of=Settings)
    pool = _given()
    transport = providers.Dependency(instance_of=HttpTransport)
    fetcher = providers.Dependency(instance_of=MediaFetcher)
    poster = providers.Dependency(instance_of=HttpWebhookPoster)

    clock = providers.Singleton(SystemClock)
    ids = providers.Singleton(UuidV7Ids)
    wakeups = providers.Singleton(ProcessWakeups)
    hints = providers.Singleton(ProcessEventHints, wakeups.provided.wake)
    relay = providers.Singleton(EventRelay, hints.provided.tell)
    keys = providers.Singleton(key_ring, settings)
    db = providers.Singleton(Database, pool, told=relay.provided.tell)
    events = providers.Singleton(PostgresEventLog, db, ad_windows=settings.provided.meta_inbox_ad_windows)
    consumers = providers.Singleton(PostgresConsumers, db)
    dead_letters = providers.Singleton(PostgresDeadLetters, db)
    inspection = providers.Singleton(PostgresInspection, db)
    custody = providers.Singleton(PostgresKeyCustody, db, keys)
    media_rules = settings.provided.media_rules
    journal = providers.Singleton(PostgresJournal, db, ids, wakeups, media=media_rules)
    outbox = providers.Singleton(PostgresOutbox, db, media_rules)
    histories = providers.Singleton(PostgresHistories, db, ids, media_rules)
    app = providers.Singleton(
        MetaApp, id=settings.provided.meta_app_id, secret=settings.provided.meta_app_secret
    )
    instagram_app = providers.Singleton(instagram_app_of, settings)
    meter = providers.Singleton(Meter)
    calls = providers.Singleton(
        GraphCalls,
        transport=transport,
        meter=meter,
        app=app,
        instagram_app=instagram_app,
        base_url=settings.provided.meta_graph_base_url,
        instagram_base_url=settings.provided.meta_instagram_graph_base_url,
        version=settings.provided.meta_graph_version,
    )
    core = providers.Container(
        Core,
        settings=settings,
        clock=clock,
        ids=ids,
        states=providers.Singleton(PostgresOAuthStates, db, keys),
        accounts=providers.Singleton(PostgresAccounts, db, keys, ids),
        account_care=providers.Singleton(PostgresAccountCare, db, keys),
        account_pictures=providers.Singleton(PostgresAccountPictures, db),
        journal=journal,
        conversations=providers.Singleton(
            PostgresConversations, db, ad_windows=settings.provided.meta_inbox_ad_windows
        ),
        outbox=outbox,
        outcomes=providers.Singleton(PostgresOutcomes, db, media_rules),
        histories=histories,
        deletions=providers.Singleton(PostgresDeletions, db, ids, wakeups),
        logins=providers.Singleton(
            _logins,
            providers.Singleton(
                HttpMetaLogin,
                graph=calls,
                redirect_uri=settings.provided.meta_oauth_redirect_uri,
                clock=clock,
                scopes=settings.provided.meta_oauth_scopes,
                config_id=settings.provided.meta_oauth_config_id,
                dialog_base_url=settings.provided.meta_dialog_base_url,
            ),
            providers.Object(HttpInstagramLogin),
            graph=calls,
            app=instagram_app,
            redirect_uri=settings.provided.meta_instagram_oauth_redirect_uri,
            clock=clock,
            scopes=settings.provided.meta_instagram_oauth_scopes,
            dialog_base_url=settings.provided.meta_instagram_dialog_base_url,
            api_base_url=settings.provided.meta_instagram_api_base_url,
        ),
        graph=providers.Singleton(HttpGraphApi, graph=calls),
        actions=providers.Singleton(HttpGraphActions, graph=calls),
        profiles=providers.Singleton(HttpMessengerProfiles, graph=calls),
        media=providers.Singleton(PostgresMedia, db),
        blobs=providers.Singleton(blobs_of, settings),
        source=providers.Singleton(MetaMediaSource, graph=calls, fetcher=fetcher),
        uploads=providers.Singleton(PostgresUploads, db),
        live_tickets=providers.Singleton(PostgresLiveTickets, db),
        events=events,
        hints=hints,
        dead_letters=dead_letters,
        canned_replies=providers.Singleton(PostgresCannedReplies, db),
        endpoints=providers.Singleton(PostgresWebhookEndpoints, db, keys),
        deliveries=providers.Singleton(PostgresWebhookDeliveries, db),
        queue=providers.Singleton(PostgresWebhookQueue, db, keys),
        poster=poster,
        wakeups=wakeups,
    )


class InMemory(containers.DeclarativeContainer):
    """The fakes that ship with the package: no database, no network."""

    settings = providers.Dependency(instance_of=Settings)
    poster = providers.Dependency(instance_of=FakeWebhookPoster)

    clock = providers.Singleton(SystemClock)
    ids = providers.Singleton(UuidV7Ids)
    wakeups = providers.Singleton(ProcessWakeups)
    hints = providers.Singleton(ProcessEventHints, wakeups.provided.wake)
    store = providers.Singleton(
        InMemoryStore,
        clock=clock,
        ids=ids,
        media=providers.Singleton(MediaTable, rules=settings.provided.media_rules),
        wake=wakeups.provided.wake,
        told=hints.provided.tell,
        ad_windows=settings.provided.meta_inbox_ad_windows,
    )
    events = providers.Singleton(InMemoryEventLog, store)
    consumers = providers.Singleton(InMemoryConsumers, store)
    dead_letters = providers.Singleton(InMemoryDeadLetters, store)
    journal = providers.Singleton(InMemoryJournal, store)
    outbox = providers.Singleton(InMemoryOutbox, store)
    histories = providers.Singleton(InMemoryHistories, store)
    core = providers.Container(
        Core,
        settings=settings,
        clock=clock,
        ids=ids,
        states=providers.Singleton(InMemoryOAuthStates, store),
        accounts=providers.Singleton(InMemoryAccounts, store),
        account_care=providers.Singleton(InMemoryAccountCare, store),
        account_pictures=providers.Singleton(InMemoryAccountPictures, store),
        journal=journal,
        conversations=providers.Singleton(InMemoryConversations, store),
        outbox=outbox,
        outcomes=providers.Singleton(InMemoryOutcomes, store),
        histories=histories,
        deletions=providers.Singleton(InMemoryDeletions, store),
        logins=providers.Singleton(
            _logins,
            providers.Singleton(
                FakeMetaLogin,
                meta=settings.provided.fake_meta,
                redirect_uri=settings.provided.meta_oauth_redirect_uri,
                clock=clock,
                scopes=settings.provided.meta_oauth_scopes,
            ),
            providers.Object(FakeInstagramLogin),
            meta=settings.provided.fake_meta,
            app=providers.Singleton(instagram_app_of, settings),
            redirect_uri=settings.provided.meta_instagram_oauth_redirect_uri,
            clock=clock,
            scopes=settings.provided.meta_instagram_oauth_scopes,
        ),
        graph=providers.Singleton(FakeGraphApi, settings.provided.fake_meta),
        actions=providers.Singleton(HttpGraphActions, graph=settings.provided.fake_meta.calls),
        profiles=providers.Singleton(HttpMessengerProfiles, graph=settings.provided.fake_meta.calls),
        media=providers.Singleton(InMemoryMedia, store),
        blobs=providers.Singleton(MemoryBlobs),
        source=providers.Singleton(
            FakeMediaSource, settings.provided.fake_meta, settings.provided.meta_media_hosts
        ),
        uploads=providers.Singleton(InMemoryUploads, store),
        live_tickets=providers.Singleton(InMemoryLiveTickets, store),
        events=events,
        hints=hints,
        dead_letters=dead_letters,
        canned_replies=providers.Singleton(InMemoryCannedReplies, store),
        endpoints=providers.Singleton(InMemoryWebhookEndpoints, store),
        deliveries=providers.Singleton(InMemoryWebhookDeliveries, store),
        queue=providers.Singleton(InMemoryWebhookQueue, store),
        poster=poster,
        wakeups=wakeups,
    )
