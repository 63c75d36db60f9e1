Feature: Canned replies
  What customers ask again and again is written once, and called up by a short word.

  Background:
    Given Bia works at the shop "Casa Verde"

  Scenario: A colleague has what Bia wrote
    When Bia keeps "A chave é pix@casaverde.example" under the shortcut "pix"
    Then her colleague finds "A chave é pix@casaverde.example" under "pix"

  Scenario: A text that names the customer
    When Bia keeps "Oi, {{contact.name}}! Aqui é a {{account.name}}." under the shortcut "oi"
    Then her colleague finds "Oi, {{contact.name}}! Aqui é a {{account.name}}." under "oi"

  Scenario: A text that names what nobody knows of a customer
    When Bia keeps "Seu telefone é {{contact.phone}}?" under the shortcut "fone"
    Then she is told that nobody knows "contact.phone"
    And no canned reply is kept

  Scenario: A shortcut that is taken
    Given Bia kept "Bom dia!" under the shortcut "oi"
    When her colleague keeps "Boa tarde!" under the shortcut "OI"
    Then she is told that the shortcut is taken
    And her colleague finds "Bom dia!" under "oi"

  Scenario: A text that has become wrong
    Given Bia kept "Abrimos às 8." under the shortcut "horario"
    When her colleague changes what is under "horario" to "Abrimos às 9."
    Then Bia finds "Abrimos às 9." under "horario"

  Scenario: A text that nobody needs any more
    Given Bia kept "Boas festas!" under the shortcut "natal"
    When Bia takes away what is under "natal"
    Then no canned reply is kept

  Scenario: Another business has its own
    Given Otto works at another shop
    When Bia keeps "Só nosso" under the shortcut "oi"
    Then Otto finds no canned reply
